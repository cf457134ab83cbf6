import Foundation
import TangorJSON
import Testing

@Suite struct ValueTests {
  @Test func isWrittenAsLiterals() throws {
    let value: JSONValue = ["a": 1, "b": [true, nil, 2.5, "x"], "c": [:]]
    #expect(value.description == #"{"a":1,"b":[true,null,2.5,"x"],"c":{}}"#)
    #expect(value["a"]?.int == 1)
    #expect(value["b"]?[2]?.double == 2.5)
    #expect(value["b"]?[1]?.isNull == true)
    #expect(value["b"]?[9] == nil && value["b"]?[-1] == nil && value["z"] == nil && value[0] == nil)
    #expect(JSONValue.double(3).int == 3 && JSONValue.double(3.5).int == nil)
    #expect(JSONValue.bigNumber("18446744073709551615").double == 0x1p64)
  }

  @Test func keepsOrderAndTheLastOfEqualNames() throws {
    let value = try JSONValue(parsing: #"{"z":1,"a":2,"z":3}"#)
    #expect(value.object?.keys == ["z", "a"])
    #expect(value["z"] == 3)
    #expect(value == ["a": 2, "z": 3])
    #expect(value.hashValue == JSONValue.object(["a": 2, "z": 3]).hashValue)
  }

  @Test func tellsNamesApartByTheirBytes() throws {
    let value = try JSONValue(parsing: "{\"\\u00e9\":1,\"e\\u0301\":2}")
    #expect(value.object?.count == 2)
    #expect(value["\u{E9}"] == 1 && value["e\u{301}"] == 2)
  }

  @Test func findsMembersOfLargeObjects() throws {
    var object = JSONObject()
    for index in 0..<20_000 { object["name \(index)"] = .integer(Int64(index)) }
    #expect(object.count == 20_000 && object["name 19999"] == 19999 && object["name"] == nil)
    object["name 5"] = nil
    object["name 6"] = "six"
    #expect(object.count == 19_999 && object["name 5"] == nil && object[5].value == "six" && object["name 19999"] == 19999)
    var small = JSONObject((0..<18).map { ("\($0)", .integer(Int64($0))) })
    for index in 0..<10 { small["\(index)"] = nil }
    #expect(small.keys == (10..<18).map(String.init) && small["17"] == 17)
  }

  @Test func writesBadBigNumbersAsStrings() {
    #expect(JSONValue.bigNumber("12345678901234567890123").description == "12345678901234567890123")
    #expect(JSONValue.bigNumber("1,\"x\":2").description == #""1,\"x\":2""#)
    #expect(JSONValue.bigNumber(" 1").description == #"" 1""#)
  }

  @Test func goesThroughOtherCoders() throws {
    let value: JSONValue = ["a": 1, "b": [true, nil, 2.5, "x", [:], []], "c": ["d": -7]]
    let data = try JSONEncoder().encode(value)
    #expect(try JSONDecoder().decode(JSONValue.self, from: data) == value)
    #expect(try JSONDecoder().decode(JSONFragment.self, from: data).value() == value)
  }

  @Test func fragmentsHoldOneValue() throws {
    #expect(try JSONFragment(validating: " [1, 2] ".utf8).description == "[1, 2]")
    #expect(throws: JSONError.self) { try JSONFragment(validating: "1 2".utf8) }
    #expect(JSONFragment.null.description == "null")
    var writer = JSONWriter(capacity: 0)
    writer.beginArray()
    writer.write(JSONFragment("a"))
    writer.write(JSONFragment(2.0))
    writer.writeRaw(Array("[]".utf8))
    writer.endArray()
    #expect(String(decoding: writer.bytes, as: UTF8.self) == #"["a",2.0,[]]"#)
  }

  @Test func putsCommasByItself() throws {
    var writer = JSONWriter()
    writer.beginObject()
    writer.writeKey("a")
    writer.beginArray()
    writer.beginArray()
    writer.endArray()
    writer.beginObject()
    writer.endObject()
    writer.write("[{,:")
    writer.write(1)
    writer.write(true)
    writer.writeNull()
    writer.write(1.5)
    writer.endArray()
    writer.writeKey(String("b\""))
    writer.write("line\nnext\u{1}\u{1F}" as StaticString)
    writer.endObject()
    writer.bytes.append(10)
    writer.write(2)
    #expect(
      String(decoding: writer.bytes, as: UTF8.self) == #"{"a":[[],{},"[{,:",1,true,null,1.5],"b\"":"line\nnext\u0001\u001f"}"# + "\n2")
  }

  @Test func writesStringsOfEveryLength() throws {
    for count in 0..<40 {
      let plain = String(repeating: "x", count: count)
      #expect(String(decoding: plain.jsonBytes(), as: UTF8.self) == "\"\(plain)\"")
      for special in ["\"", "\\", "\n", "é"] {
        let text = plain + special + plain
        #expect(try String(json: text.jsonBytes()) == text)
      }
    }
  }
}
