import Foundation
import TangorJSON
import TangorTesting
import Testing

@Suite struct CodableTests {
  enum Shape: Codable, Equatable {
    case circle(radius: Double)
    case square(Int)
    case empty
  }
  enum Colour: String, Codable, CodingKeyRepresentable { case red, green }
  struct Inner: Codable, Equatable {
    var x: Int8?
    var flags: [Bool]
    var tree: JSONValue
  }
  struct Outer: Codable, Equatable {
    var name: String, when: Date, payload: Data, site: URL, price: Decimal, inner: [Inner], shapes: [Shape], missing: String?
    var byName: [String: Inner], byNumber: [Int: String], byColour: [Colour: Double], big: UInt64, ratio: Float, raw: JSONFragment
    var dates: [Date?], matrix: [[Double]]
  }

  static let outer = Outer(
    name: "é\n", when: Date(timeIntervalSince1970: 1_700_000_000.123), payload: Data([0, 255, 7]),
    site: URL(string: "https://example.org/a?b=c")!,
    price: Decimal(string: "12.34")!,
    inner: [Inner(x: -3, flags: [true, false], tree: ["a": [1, nil]]), Inner(x: nil, flags: [], tree: nil)],
    shapes: [.circle(radius: 1.5), .square(2), .empty], missing: nil, byName: ["k": Inner(x: 1, flags: [], tree: 1.5)],
    byNumber: [7: "seven"], byColour: [.green: 0.5], big: .max, ratio: 0.1, raw: JSONFragment(unchecked: Array("[1,2]".utf8)),
    dates: [Date(timeIntervalSinceReferenceDate: 0), nil], matrix: [[1, 2.5], []])

  @Test func roundTrips() throws {
    let fragment = try JSONEncoding.encode(Self.outer)
    #expect(try JSONFragment(validating: fragment.bytes) == fragment)
    #expect(try JSONDecoding.decode(Outer.self, from: fragment.bytes) == Self.outer)
    #expect(try JSONDecoding.decode(Outer.self, from: fragment.value()) == Self.outer)
  }

  @Test func writesWhatReadersExpect() throws {
    let value = try JSONEncoding.encode(Self.outer).value()
    #expect(value.object?.keys.prefix(5) == ["name", "when", "payload", "site", "price"])
    #expect(value["when"] == "2023-11-14T22:13:20.123Z" && value["payload"] == "AP8H" && value["price"] == 12.34)
    #expect(value["byNumber"] == ["7": "seven"] && value["byColour"] == ["green": 0.5] && value["ratio"] == 0.1)
    #expect(value["shapes"]?[0] == ["circle": ["radius": 1.5]] && value["missing"] == nil && value["raw"] == [1, 2])
    #expect(value["dates"] == ["2001-01-01T00:00:00Z", nil])
  }

  struct Manual: Codable, Equatable {
    var a = 1, b = [2, 3], c = "x"
    enum Keys: String, CodingKey { case a, nested, list, c }
    init() {}
    func encode(to encoder: any Encoder) throws {
      var outer = encoder.container(keyedBy: Keys.self)
      var nested = outer.nestedContainer(keyedBy: Keys.self, forKey: .nested)
      try outer.encode(c, forKey: .c)
      var list = nested.nestedUnkeyedContainer(forKey: .list)
      try list.encode(b[0])
      try nested.encode(a, forKey: .a)
      try list.encode(b[1])
      try list.encodeNil()
      var deep = list.nestedContainer(keyedBy: Keys.self)
      try deep.encodeNil(forKey: .a)
      try "super".encode(to: outer.superEncoder())
    }
    init(from decoder: any Decoder) throws {
      let outer = try decoder.container(keyedBy: Keys.self)
      let nested = try outer.nestedContainer(keyedBy: Keys.self, forKey: .nested)
      a = try nested.decode(Int.self, forKey: .a)
      c = try outer.decode(String.self, forKey: .c)
      var list = try nested.nestedUnkeyedContainer(forKey: .list)
      b = [try list.decode(Int.self), try list.decode(Int.self)]
      #expect(try list.decodeNil() && list.currentIndex == 3)
      let deep = try list.nestedContainer(keyedBy: Keys.self)
      #expect(try deep.decodeNil(forKey: .a) && list.isAtEnd)
      #expect(try String(from: outer.superDecoder()) == "super")
    }
  }

  @Test func interleavesNestedContainers() throws {
    let fragment = try JSONEncoding.encode([Manual()])
    #expect(fragment.description == #"[{"nested":{"list":[2,3,null,{"a":null}],"a":1},"c":"x","super":"super"}]"#)
    #expect(try JSONDecoding.decode([Manual].self, from: fragment.bytes) == [Manual()])
  }

  final class Link: Encodable { var next: Link? }
  struct Nothing: Codable {}

  @Test func boundsTheDepth() {
    let link = Link()
    link.next = link
    #expect(throws: EncodingError.self) { try JSONEncoding.encode(link) }
    link.next = nil
  }

  @Test func leavesTheWriterAsItWasAfterAnError() throws {
    var writer = JSONWriter()
    writer.beginArray()
    writer.write(1)
    #expect(throws: EncodingError.self) { try JSONEncoding.encode([Date(timeIntervalSinceReferenceDate: 1e15)], into: &writer) }
    try JSONEncoding.encode(Nothing(), into: &writer)
    writer.endArray()
    #expect(String(decoding: writer.bytes, as: UTF8.self) == "[1,{}]")
  }

  @Test func saysWhereDecodingFailed() {
    func path(_ text: String) -> String {
      do {
        _ = try JSONDecoding.decode([String: [Inner]].self, from: text)
        return "decoded"
      } catch let error as DecodingError {
        switch error {
        case .typeMismatch(_, let context): return "type " + keys(context)
        case .valueNotFound(_, let context): return "null " + keys(context)
        case .keyNotFound(let key, let context): return "key \(key.stringValue) " + keys(context)
        case .dataCorrupted(let context): return "data " + keys(context)
        @unknown default: return "unknown"
        }
      } catch { return "\(type(of: error))" }
    }
    func keys(_ context: DecodingError.Context) -> String {
      context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
    #expect(path(#"{"a":[{"x":1,"flags":[true],"tree":1}]}"#) == "decoded")
    #expect(path(#"{"a":[{"x":1,"flags":[true,1],"tree":1}]}"#) == "type a.0.flags.1")
    #expect(path(#"{"a":[{"x":1,"flags":null,"tree":1}]}"#) == "null a.0.flags")
    #expect(path(#"{"a":[{"x":1,"tree":1}]}"#) == "key flags a.0")
    #expect(path(#"{"a":[{"x":300,"flags":[],"tree":1}]}"#) == "data a.0.x")
    #expect(path(#"{"a":3}"#) == "type a")
    #expect(path(#"{"a":"#) == "JSONError")
  }

  @Test(arguments: [
    "2023-11-14T22:13:20Z", "2023-11-14t22:13:20z", "2023-11-15T00:13:20+02:00", "2023-11-14T22:13:20.000Z", "2023-11-14 22:13:20Z",
  ]) func readsDates(_ text: String) throws {
    #expect(try JSONDecoding.decode(Date.self, from: .string(text)) == Date(timeIntervalSince1970: 1_700_000_000))
  }

  @Test(arguments: [
    "", "2023", "2023-02-29T00:00:00Z", "2023-13-01T00:00:00Z", "2023-01-01T24:00:00Z", "2023-01-01T00:00:00", "2023-01-01T00:00:00.Z",
    "2023-01-01T00:00:00Zx", "1900-02-29T00:00:00Z", "+023-01-01T00:00:00Z", "2023-01-01T00:00:00+2:00",
  ])
  func refusesOtherDates(_ text: String) {
    #expect(throws: DecodingError.self) { try JSONDecoding.decode(Date.self, from: .string(text)) }
  }

  @Test func roundTripsDates() throws {
    var random = SeededGenerator(seed: 4)
    for _ in 0..<3_000 {
      let date = Date(timeIntervalSinceReferenceDate: Double.random(in: -6e10...2e11, using: &random))
      #expect(try JSONDecoding.decode(Date.self, from: JSONEncoding.encode(date).bytes) == date)
    }
    for (text, seconds) in [
      ("0000-03-01T00:00:00Z", -62_162_035_200.0), ("9999-12-31T23:59:59Z", 253_402_300_799), ("2000-02-29T12:00:00.5Z", 951_825_600.5),
    ] {
      #expect(try JSONDecoding.decode(Date.self, from: .string(text)).timeIntervalSince1970 == seconds)
    }
  }

  @Test func readsNumbersExactly() throws {
    #expect(try JSONDecoding.decode([Int].self, from: "[1.0,1e2,-0]") == [1, 100, 0])
    #expect(try JSONDecoding.decode(UInt64.self, from: "18446744073709551615") == .max)
    #expect(try JSONDecoding.decode(Decimal.self, from: "0.1") == Decimal(string: "0.1"))
    #expect(throws: DecodingError.self) { try JSONDecoding.decode(Int.self, from: "1.5") }
    #expect(throws: DecodingError.self) { try JSONDecoding.decode(UInt8.self, from: "-1") }
    #expect(throws: DecodingError.self) { try JSONDecoding.decode(Data.self, from: "\"*\"") }
  }
}
