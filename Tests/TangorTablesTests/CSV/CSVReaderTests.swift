import TangorTesting
import Testing

@testable import TangorTables

@Suite struct CSVReaderTests {
  static func read(_ text: String, _ schema: Schema? = nil, blockLength: Int? = nil) throws(TableError) -> Batch {
    try Array(text.utf8).withUnsafeBytes { bytes in
      Result { () throws(TableError) in try CSVReader.read(bytes, schema: schema, threads: 2, blockLength: blockLength) }
    }.get()
  }

  static let inferred = [
    ("a\n1\n\n2\n", "a int64 1,2"),
    ("a,b\n1,x\n2,\n,y\n", "a int64 1,2,null; b string x,,y"),
    ("a\n3000000000\n", "a int64 3000000000"),
    ("a\n99999999999999999999\n", "a float64 1e+20"),
    ("a,b,c\n+1,007,0x10\n", "a float64 1.0; b int64 7; c int64 16"),
    ("a\ntrue\nFALSE\n1\n0\nTrue\n", "a boolean true,false,true,false,true"),
    ("a\n1\n0\n", "a int64 1,0"),
    ("a\n1\n0\ntrue\n", "a boolean true,false,true"),
    ("a\n1\nfoo\n", "a string 1,foo"),
    ("a\n1\n2.5\nNA\n", "a float64 1.0,2.5,null"),
    ("a\n2020-01-02\n2020-01-02 03:04:05\n", "a datetime 1577923200000,1577934245000"),
    ("a\n2020-01-02\n#N/A\n", "a date 2020-01-02,null"),
    ("a\n1/2/2020\n\"01/02/2020, 03:04:05 PM\"\n", "a datetime 1577923200000,1577977445000"),
    ("a\n2020/01/02\n", "a string 2020/01/02"),
    ("a\n2020-02-30\n", "a string 2020-02-30"),
    ("a\n03:04:05\n", "a string 03:04:05"),
    ("a\ninf\n-inf\nnan\n", "a float64 inf,-inf,null"),
    ("a,b\n,\n,NA\n", "a null null,null; b null null,null"),
    ("a,b\n1,NA\n2,n/a\n3,x\n", "a int64 1,2,3; b string NA,n/a,x"),
    ("a, b\n1, 2\n", "a int64 1;  b int64 2"),
    ("x,x,x,\n1,2,3,4\n", "x int64 1; x* int64 2; x** int64 3;  int64 4"),
    ("a,b\r\n1,\"x\"\"y\"\r\n2,\"l1\nl2, z\"\r\n", "a int64 1,2; b string x\"y,l1\nl2, z"),
    ("a\n\"ab\"cd\n\"\"\n", "a string abcd,"),
    ("\u{FEFF}a\n1", "a int64 1"),
    ("a,b\n", "a null ; b null "),
    ("a,b\n1,", "a int64 1; b null null"),
    ("\"a,\"\"b\"\n\"1\"\n", "a,\"b int64 1"),
    ("a\n-9223372036854775808\n9223372036854775807\n", "a int64 -9223372036854775808,9223372036854775807"),
    ("é\nü😀\n", "é string ü😀"),
    ("a\n0xFF\n0X1f\n", "a int64 255,31"),
    ("a,b\n1,x\n ,y\n", "a string 1, ; b string x,y"),
    ("a\n 2020-01-02\n2020-01-03 \n", "a date 2020-01-02,2020-01-03"),
    ("a\n 1.25 \n", "a float64 1.25"),
  ]

  @Test(arguments: inferred) func infers(text: String, expected: String) throws {
    #expect(try Self.read(text).text == expected)
    // The same in parts of a row or two.
    #expect(try Self.read(text, blockLength: 1).text == expected)
    #expect(try Self.read(text, blockLength: 5).text == expected)
  }

  @Test func convertsToDeclaredKinds() throws {
    let schema = Schema([
      .init("i", .int32), .init("f", .float64), .init("b", .boolean), .init("d", .date), .init("t", .datetime), .init("s", .string),
      .init("u", .uint64), .init("missing", .int8),
    ])
    let text = "s,t,unknown,d,b,f,i,u\nNA,1577934245000,7,2020-01-02,true,1.5,7,18446744073709551615\n,2020-01-02,x,NA,,,,\n"
    #expect(
      try Self.read(text, schema).text == """
        s string NA,; t datetime 1577934245000,1577923200000; d date 2020-01-02,null; b boolean true,null; f float64 1.5,null; \
        i int32 7,null; u uint64 18446744073709551615,null
        """)
  }

  static let refused: [(String, Schema?, String)] = [
    ("a,b\n1,2\n3,4,5\n", nil, "Invalid: CSV parse error: Expected 2 columns, got 3: 3,4,5"),
    ("a,b\n1\n", nil, "Invalid: CSV parse error: Expected 2 columns, got 1: 1"),
    ("a\nfoo\n", Schema([.init("a", .int32)]), "Invalid: In CSV column #0: CSV conversion error to int32: invalid value 'foo'"),
    ("b,a\n1,5.5\n", Schema([.init("a", .int32)]), "Invalid: In CSV column #1: CSV conversion error to int32: invalid value '5.5'"),
    (
      "a\n3000000000\n", Schema([.init("a", .int32)]),
      "Invalid: In CSV column #0: CSV conversion error to int32: invalid value '3000000000'"
    ),
    ("a\nfoo\n", Schema([.init("a", .date)]), "Invalid: In CSV column #0: CSV conversion error to date64[ms]: invalid value 'foo'"),
    ("a\n\"x\n", nil, "Invalid: CSV parse error: a cell that begins with a quote has no closing quote"),
    ("", nil, "Invalid: Empty CSV file"),
  ]

  @Test(arguments: refused) func refuses(text: String, schema: Schema?, message: String) {
    #expect(throws: TableError(message)) { try Self.read(text, schema) }
    #expect(throws: TableError(message)) { try Self.read(text, schema, blockLength: 3) }
  }

  @Test func refusesWhatIsNoUTF8() {
    let bytes: [UInt8] = Array("a\nx".utf8) + [0xFF, 0x0A]
    #expect(throws: TableError("Invalid: In CSV column #0: CSV conversion error to string: invalid UTF8 data")) {
      try bytes.withUnsafeBytes { try CSVReader.read($0) }
    }
  }

  @Test func partsMakeNoDifference() throws {
    var random = SeededGenerator(seed: 5)
    let cells = ["1", "22", "", "\"q\"\"x\"", "\"a\nb\"", "2.5", "true", "\"1,2\"", "2020-01-02", "NA", "é"]
    for _ in 0..<200 {
      let columns = Int.random(in: 2...4, using: &random)
      let pool = (0..<columns).map { _ in (0..<3).map { _ in cells.randomElement(using: &random) ?? "" } }
      var text = (0..<columns).map { "c\($0)" }.joined(separator: ",") + "\n"
      for _ in 0..<Int.random(in: 0...40, using: &random) {
        text += pool.map { $0.randomElement(using: &random) ?? "" }.joined(separator: ",")
        text += Bool.random(using: &random) ? "\n" : "\r\n"
      }
      let whole = try Self.read(text).text
      #expect(try Self.read(text, blockLength: Int.random(in: 1...30, using: &random)).text == whole)
    }
  }

  @Test func repeatedNamesAreBounded() throws {
    func header(_ count: Int) -> String { repeatElement("x", count: count).joined(separator: ",") + "\n" }
    let names = try Self.read(header(500)).columns.map(\.name)
    #expect(Set(names).count == 500 && names[499] == "x" + String(repeating: "*", count: 499))
    #expect(throws: TableError.self) { try Self.read(header(100_000)) }
  }
}
