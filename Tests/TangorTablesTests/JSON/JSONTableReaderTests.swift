import Testing

@testable import TangorTables

@Suite struct JSONTableReaderTests {
  enum Form: Sendable {
    case rows
    case columns
    case lines
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let form: Form
    let text: String
    let schema: Schema?
    let listFlatten: ListFlatten
    let index: String?
    let expected: String
    var testDescription: String { text }

    init(
      _ form: Form, _ text: String, _ expected: String, _ schema: Schema? = nil, _ listFlatten: ListFlatten = .zip, index: String? = nil
    ) {
      (self.form, self.text, self.schema, self.listFlatten, self.expected) = (form, text, schema, listFlatten, expected)
      self.index = index
    }
  }

  static func read(_ sample: Case) throws(TableError) -> Batch {
    let result = Array(sample.text.utf8).withUnsafeBytes { bytes -> Result<Batch, TableError> in
      Result { () throws(TableError) in
        switch sample.form {
        case .rows:
          try JSONTableReader.rows(bytes, schema: sample.schema, listFlatten: sample.listFlatten, index: sample.index)
        case .columns:
          try JSONTableReader.columns(bytes, schema: sample.schema, listFlatten: sample.listFlatten, index: sample.index)
        case .lines:
          try JSONTableReader.ndjson(bytes, schema: sample.schema, listFlatten: sample.listFlatten, index: sample.index)
        }
      }
    }
    return try result.get()
  }

  static let inference = [
    Case(.rows, "[]", ""),
    Case(.rows, "[{}]", ""),
    Case(.rows, #"[{"a":1},{"a":null},{"b":"x"}]"#, "a int32 1,null,-; b string -,-,x"),
    Case(.rows, #"[{"a":null},{"a":null}]"#, "a null null,null"),
    Case(
      .columns, #"{"a":[2147483647,1],"b":[2147483648,1],"c":[1.0,2],"d":[1e3],"e":[-0.0]}"#,
      "a int32 2147483647,1; b float64 2147483648.0,1.0; c float64 1.0,2.0; d float64 1000.0,null; e float64 -0.0,null"),
    Case(.columns, #"{"a":[true,"FALSE",0,7],"b":["True"]}"#, "a boolean true,false,false,true; b boolean true,null,null,null"),
    Case(.columns, #"{"a":["12","20200102","x"]}"#, "a string 12,20200102,x"),
    Case(.columns, #"{"a":["12","7"],"b":["1.5","nan"],"c":["+5"," 6"]}"#, "a int32 12,7; b float64 1.5,nan; c int32 5,6"),
    Case(
      .columns, #"{"a":["2020-01-02","2020-01-02 03:04:05"],"b":["2020-01-02T03:04:05","2020-01-02"],"c":["2020-01-01 00:00:00"]}"#,
      "a date 2020-01-02,2020-01-02; b datetime 1577934245000,1577923200000; c date 2020-01-01,null"),
    Case(.columns, #"{"a":["","x"],"b":["Jan 2, 2020"]}"#, "a string ,x; b string Jan 2, 2020,null"),
    Case(
      .columns, #"{"a":[1,3e9],"b":[1,3000000000],"c":[1,-3000000000],"d":[1,1.5]}"#,
      "a float64 1.0,3000000000.0; b float64 1.0,3000000000.0; c float64 1.0,-3000000000.0; d float64 1.0,1.5"),
    Case(
      .columns, #"{"a":[1,"x"],"b":[1,"7"],"c":[1,"2.5"],"d":[null,1,null,"y"]}"#,
      "a string 1,x,null,null; b int32 1,7,null,null; c float64 1.0,2.5,null,null; d string null,1,null,y"),
    Case(.columns, #"{"a":[1.5,"x","2"]}"#, "a float64 1.5,null,2.0"),
    Case(.columns, #"{"a":["s",1,2.7,true,1e20]}"#, "a string s,1,2.700000,true,100000000000000000000.000000"),
    Case(.columns, #"{"a":["2020-01-02",1577923200001,-5]}"#, "a date 2020-01-02,2020-01-02,1969-12-31"),
    Case(.rows, #"[{"a":1,"a":2,"":"n"},{"a":"x","a":3}]"#, "a string 2,3;  string n,-"),
    Case(.columns, "{}", ""),
    Case(
      .columns, #"{"a":[1,null,""],"b":[1,"7 ",null],"c":[1," 7",null],"d":["1.5",""]}"#,
      "a string 1,null,; b string 1,7 ,null; c int32 1,7,null; d float64 1.5,null,null"),
    Case(.columns, #"{"a":["7 "],"b":["2020-01-02T00:00:00.5"]}"#, "a string 7 ; b date 2020-01-02"),
    Case(.lines, "{\"a\":1}\r\n\n  {\"a\":2}", "a int32 1,2"),
    Case(.lines, "", ""),
    Case(.rows, #"[{"é\n":"é\n😀"}]"#, "é\n string é\n😀"),
  ]

  static let declared = [
    Case(
      .columns, #"{"a":[2.7,-2.7,3000000000,"","2.7","7",12345678901234567890]}"#, "a int32 2,-2,2147483647,null,2,7,2147483647",
      Schema([.init("a", .int32)])),
    Case(
      .columns, #"{"a":[9007199254740993,9223372036854775807,12345678901234567890]}"#,
      "a int64 9007199254740993,9223372036854775807,9223372036854775807", Schema([.init("a", .int64)])),
    Case(
      .columns, #"{"a":[-1,300],"b":[18446744073709551615,7],"c":[0.1,1e39]}"#,
      "a uint8 0,255; b uint64 18446744073709551615,7; c float32 0.1,inf",
      Schema([.init("a", .uint8), .init("b", .uint64), .init("c", .float32)])),
    Case(.columns, #"{"a":[1,2.5,"3","x","nan"]}"#, "a float64 1.0,2.5,3.0,null,nan", Schema([.init("a", .float64)])),
    Case(.columns, #"{"a":[true,"TRUE",0,2]}"#, "a boolean true,true,false,true", Schema([.init("a", .boolean)])),
    Case(.columns, #"{"a":["x",1,2.5,false]}"#, "a string x,1,2.500000,false", Schema([.init("a", .string)])),
    Case(.columns, #"{"a":[2.7,"2020-01-02",-1]}"#, "a datetime 2,1577923200000,-1", Schema([.init("a", .datetime)])),
    Case(.rows, #"[{"z":1},{},{"b":null}]"#, "b null -,-,null", Schema([.init("a", .int32), .init("b", .string)])),
    Case(.rows, #"[{"a":{"b":1,"q":2}},{"a.b":3},{"a":null}]"#, "a.b int32 1,3,null", Schema([.init("a.b", .int32)])),
    Case(.columns, #"{"unknown":[1,2]}"#, "", Schema([.init("a", .int32)])),
  ]

  static let nested = [
    Case(.rows, #"[{"a":{"b":{"c":1}}}]"#, "a.b.c int32 1"),
    Case(.rows, #"[{"a":1},{"a":{"b":2}}]"#, "a int32 1,-; a.b int32 -,2"),
    Case(.rows, #"[{"a":[1,2,3],"b":1}]"#, "a int32 1,2,3; b int32 1,1,1"),
    Case(.rows, #"[{"a":[1,2],"b":{"c":1}},{"a":[],"b":null}]"#, "a int32 1,2,null; b.c int32 1,1,null"),
    Case(.rows, #"[{"a":[{"b":1},{"b":2}],"c":[3,4]}]"#, "a.b int32 1,2; c int32 3,4"),
    Case(.rows, #"[{"a":[{"b":1},{"b":2}],"c":[3,4]}]"#, "a.b int32 1,1,2,2; c int32 3,4,3,4", nil, .cartesian),
    Case(.rows, #"[{"a":[[1,2],[3]]}]"#, "a int32 1,2,3"),
    Case(.rows, #"[{"a":[1,2],"b":[3,4,5]}]"#, "a int32 1,1,1,2,2,2; b int32 3,4,5,3,4,5", nil, .cartesian),
    Case(.rows, #"[{"a":[1,2],"b":[7]}]"#, "a int32 1,2; b int32 7,7"),
    Case(.rows, #"[{"a":[1,2],"b":[]}]"#, "a int32 1,2"),
    Case(.rows, #"[{"a":[1, 2],"b":["x",null]}]"#, #"a string [1,2]; b string ["x",null]"#, nil, .stringify),
    Case(.rows, #"[{"a":{"b":1},"c":[{"d":1}]}]"#, #"a.b int32 1; c string [{"d":1}]"#, nil, .stringify),
    Case(.rows, #"[{"id":1,"a":[1,2]}]"#, "id int32 1; a string [1,2]", nil, .stringify, index: "id"),
    Case(.rows, #"[{"id":[1,2],"a":[1,2]}]"#, "id int32 1,2; a int32 1,2", index: "id"),
    Case(.rows, #"[{"a":0},{"a":[1,2],"b":"x"},{"a":3}]"#, "a int32 0,1,2,3; b string -,x,x,-"),
    Case(.columns, #"{"a":[[1,2],[3]],"b":["x","y"]}"#, "a int32 1,2,3; b string x,x,y"),
    Case(.lines, "{\"a\":[1,2]}\n{\"a\":3}", "a int32 1,2,3"),
  ]

  @Test(arguments: inference + declared + nested) func reads(sample: Case) throws {
    #expect(try Self.read(sample).text == sample.expected)
  }

  @Test(arguments: [
    Case(.columns, #"{"a":[1,true]}"#, "Expected int, found 2"),
    Case(.columns, #"{"a":[1,false]}"#, "Expected int, found 1"),
    Case(.columns, #"{"a":[1.5,true]}"#, "Expected double, found 2"),
    Case(.columns, #"{"a":[true,"x"]}"#, "Expected bool, found 5"),
    Case(.columns, #"{"a":[true,1.5]}"#, "Expected bool, found 6"),
    Case(.columns, #"{"a":["2020-01-02","x"]}"#, "Could not coerce to date"),
    Case(.columns, #"{"a":["2020-01-02","2020-01-02T03:04:05+02:00"]}"#, "Could not coerce to date"),
    Case(.columns, #"{"a":["2020-01-02 03:00","x"]}"#, "Could not coerce to time"),
    Case(.columns, #"{"a":["2020-01-02 03:00",true]}"#, "Could not coerce 2 to a time."),
    Case(.columns, #"{"a":[12345678901234567890]}"#, "Expected double, found 6"),
    Case(.columns, #"{"a":[]}"#, "Can't create table from empty columns"),
    Case(.columns, #"{"a":[1],"b":[]}"#, "Can't create table from empty columns"),
    Case(
      .columns, #"{"a":[1,"x"]}"#, "Cannot append value of type string to column \"a\" of type integer at index 1\n",
      Schema([.init("a", .int32)])),
    Case(
      .rows, #"[{"a":[1,2,3],"b":[1,2]}]"#, "Cannot zip `a` (3) and `b` (2) of differing length; use the `cartesian` list flatten mode.\n"),
    Case(.rows, #"[{"a.b":1,"a":{"b":2}}]"#, "Column `a.b` is both a key and the flattened path of an object\n"),
    Case(.rows, #"[{"a":[1,2],"b":7}]"#, "Cannot create a Table indexed on `b` from an expanded array.\n", index: "b"),
    Case(.rows, #"[{"a":[1,2],"b":[3,4]}]"#, "Cannot create a Table indexed on `b` from an expanded array.\n", nil, .cartesian, index: "b"),
    Case(.rows, #"[{"a":1},]"#, "Unexpected character in the JSON at byte 9: expected a value after the comma, found ']'."),
    Case(.rows, #"{"a":1}"#, "Wrong type in the JSON at byte 0: expected an array, found an object."),
    Case(.rows, "[1]", "Wrong type in the JSON at byte 1: expected an object, found a number."),
    Case(.lines, "{\"a\":1}\n{\"a\":x}", "Unexpected character in the JSON at byte 13: expected a value, found 'x'."),
  ]) func refuses(sample: Case) {
    #expect(throws: TableError(sample.expected)) { try Self.read(sample) }
  }

  @Test func combinationsAreBounded() {
    let list = "[" + (0..<1000).map(String.init).joined(separator: ",") + "]"
    let text = "[{\"a\":\(list),\"b\":\(list),\"c\":\(list)}]"
    #expect(throws: TableError.self) { try Self.read(Case(.rows, text, "", nil, .cartesian)) }
  }

  @Test func rowsOfUnknownKeysCount() throws {
    let schema = Schema([.init("a", .int32)])
    #expect(try Self.read(Case(.rows, #"[{"z":1},{}]"#, "", schema)).rowCount == 2)
    #expect(try Self.read(Case(.columns, #"{"z":[1,2,3]}"#, "", schema)).rowCount == 3)
  }

  @Test func tablesStayInProportionToTheirText() {
    let strangers = "[" + (0..<20_000).map { "{\"k\($0)\":1}" }.joined(separator: ",") + "]"
    #expect(throws: TableError.self) { try Self.read(Case(.rows, strangers, "")) }
    let wide = "[{\"l\":[" + repeatElement("0", count: 20_000).joined(separator: ",") + "],"
    let scalars = (0..<1000).map { "\"k\($0)\":1" }.joined(separator: ",")
    #expect(throws: TableError.self) { try Self.read(Case(.rows, wide + scalars + "}]", "")) }
  }
}
