@testable import TangorTables

/// Reads any bytes as CSV, as a whole and in blocks, which must agree.
enum CSVFuzzing {
  static let schema = Schema(
    [
      .init("a", .int8), .init("b", .string), .init("c", .datetime), .init("i", .uint64), .init("f", .float32), .init("é", .date),
      .init("a.b", .boolean), .init("__INDEX__", .int64),
    ])

  static func run(_ bytes: [UInt8]) throws {
    guard let first = bytes.first else { return }
    let schema = first & 1 == 0 ? nil : Self.schema
    let text = Array(bytes[1...])
    func read(_ blockLength: Int?) -> Result<Batch, any Error> {
      Result { try text.withUnsafeBytes { try CSVReader.read($0, schema: schema, threads: 1, blockLength: blockLength) } }
    }
    switch (read(nil), read(1 + Int(first >> 1))) {
    case (.success(let whole), .success(let parts)):
      try FuzzFailure.unless(CSVText.text(whole) == CSVText.text(parts), "read in blocks it is something else")
      try BatchFuzzing.consume(whole)
    case (.failure, .failure): break
    case (let whole, let parts): throw FuzzFailure(description: "as a whole \(whole), in blocks \(parts)")
    }
  }

  static let seeds: [[UInt8]] = [
    "a,b,c\n1,x,2020-01-02\n2,\"y\"\"z\",2020-01-03 04:05:06\n,,\n-5,\"l\nm\",NA\n",
    "i,f,b\r\n1,1.5,true\r\n0x1F,1e300,false\r\nNA,inf,1\r\n9223372036854775807,-0.0,0\r\n",
    "é,é,\n\"1\",\"1/2/2020, 3:04:05 AM\",😀\n", "\u{FEFF}a\n\n1\n", "a\n-9223372036854775808\n1e5\n", "x,y\n12:30,2020/02/30\n",
    "a,i,f\n128,18446744073709551615,1e39\n", "__INDEX__,a\n1,2\n", "a,b\r1,2\r", "\"a", "a,a,a,a*\n1,2,3,4",
  ].enumerated().map { [UInt8($0.offset * 3 % 64)] + Array($0.element.utf8) }
}
