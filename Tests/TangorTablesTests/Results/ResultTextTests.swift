import TangorTesting
import Testing

@testable import TangorTables

@Suite struct ResultTextTests {
  static let batch = Batch(
    rowCount: 3,
    columns: [
      BatchColumn("i", .int32(Vector([1, -2, 0])), validity: Bitmap([true, true, false])),
      BatchColumn("f", .float64(Vector([1, .nan, 0.1]))),
      BatchColumn("s", .dictionary(Vector([1, 0, 1]), values: TextVector(["a\"b", "é\n"]))),
      BatchColumn("t", .text(TextVector(["", "x/y", "\u{1}"])), validity: Bitmap([true, false, true])),
      BatchColumn("b", .boolean(Vector([1, 0, 1]))),
      BatchColumn("d", .date(Vector([18262, -1, 0]))),
      BatchColumn("m", .datetime(Vector([1_577_873_532_345, 0, -1]))),
      BatchColumn("n", .null(3), validity: Bitmap([false, false, false])),
    ])

  static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func columns() {
    #expect(
      Self.text(JSONText(Self.batch).columns()) == #"""
        {"i":[1,-2,null],"f":[1.0,null,0.1],"s":["é\n","a\"b","é\n"],"t":["",null,"\u0001"],"b":[true,false,true],\#
        "d":[1577836800000,-86400000,0],"m":[1577873532345,0,-1],"n":[null,null,null]}
        """#)
    #expect(Self.text(JSONText(Batch(rowCount: 2, columns: [])).columns()) == "{}")
  }

  @Test func objects() {
    var part = Self.batch
    part.columns = Array(part.columns[5...6])
    #expect(
      Self.text(JSONText(part, isFormatted: true).objects()) == """
        [{"d":"2020-01-01","m":"2020-01-01 10:12:12.345"},{"d":"1969-12-31","m":"1970-01-01 00:00:00.000"},\
        {"d":"1970-01-01","m":"1969-12-31 23:59:59.999"}]
        """)
    #expect(Self.text(JSONText(Batch(rowCount: 0, columns: part.columns)).objects()) == "[]")
    part.columns = [part.columns[0]]
    #expect(Self.text(JSONText(part).lines()) == "{\"d\":1577836800000}\n{\"d\":-86400000}\n{\"d\":0}")
    #expect(JSONText(Batch(rowCount: 0, columns: part.columns)).lines().isEmpty)
  }

  @Test func keysOfFlatRows() {
    let batch = Batch(rowCount: 2, columns: [BatchColumn("v", .int32(Vector([1, 2])))])
    let keys = BatchColumn("k", .text(TextVector(["a", "b"])))
    let text = JSONText(batch, rows: ResultRows(ids: .own(keys), index: .own(keys)))
    #expect(Self.text(text.columns()) == #"{"v":[1,2],"__INDEX__":[["a"],["b"]],"__ID__":[["a"],["b"]]}"#)
    #expect(Self.text(text.objects()) == #"[{"__ID__":["a"],"__INDEX__":["a"],"v":1},{"__ID__":["b"],"__INDEX__":["b"],"v":2}]"#)
    #expect(Self.text(text.lines()) == "{\"v\":1}\n{\"v\":2}")
  }

  @Test func groupedRows() {
    let batch = Batch(rowCount: 3, columns: [BatchColumn("v", .int64(Vector([3, 1, 2])))])
    let level = BatchColumn("g", .date(Vector([0, 0, 1])), validity: Bitmap([false, false, true]))
    let paths = RowPaths(depths: Vector([0, 1, 1]), levels: [level])
    let keys = BatchColumn("", .int32(Vector([0, 1, 0, 1])))
    let rows = ResultRows(paths: paths, ids: .path, index: .lists(offsets: Vector([0, 2, 3, 4]), keys))
    #expect(
      Self.text(JSONText(batch, rows: rows).columns())
        == #"{"__ROW_PATH__":[[],[null],[86400000]],"__ID__":[[],[null],[86400000]],"v":[3,1,2],"__INDEX__":[[0,1],[0],[1]]}"#)
    #expect(
      Self.text(JSONText(batch, rows: ResultRows(paths: paths, index: ResultRows.Keys.none), isFormatted: true).objects()) == #"""
        [{"__ROW_PATH__":[],"__INDEX__":[],"v":3},{"__ROW_PATH__":[null],"__INDEX__":[],"v":1},\#
        {"__ROW_PATH__":["1970-01-02"],"__INDEX__":[],"v":2}]
        """#)
    #expect(Self.text(JSONText(batch, rows: rows).lines()).hasPrefix("{\"__ROW_PATH__\":[],\"v\":3}\n"))
    #expect(
      Self.text(JSONText(Batch(rowCount: 3, columns: []), rows: ResultRows(paths: paths)).columns())
        == #"{"__ROW_PATH__":[[],[null],[86400000]]}"#)
  }

  @Test func csv() {
    #expect(
      Self.text(CSVText.text(Self.batch)) == """
        "i","f","s","t","b","d","m","n"
        1,1,"é
        ","",true,2020-01-01,2020-01-01 10:12:12.345,
        -2,nan,"a""b",,false,1969-12-31,1970-01-01 00:00:00.000,
        ,0.1,"é
        ","\u{1}",true,1970-01-01,1969-12-31 23:59:59.999,

        """)
    let keys = Batch(rowCount: 2, columns: [BatchColumn("a", .int32(Vector([0, 1])), validity: Bitmap([false, true]))])
    #expect(Self.text(CSVText.text(keys)) == "\"a\"\n\n1\n")
    #expect(Self.text(CSVText.text(Batch(rowCount: 0, columns: keys.columns))) == "\"a\"\n")
  }

  /// Results of many stretches, which several threads write.
  @Test func largeResultsReadBack() throws {
    var random = SeededGenerator(seed: 3)
    let count = 40_000
    let numbers = (0..<count).map { _ in Double.random(in: -1e6...1e6, using: &random) }
    let texts = (0..<count).map { _ in "t\(Int.random(in: 0...50, using: &random))" }
    let bits = Bitmap((0..<count).map { _ in Int.random(in: 0..<5, using: &random) > 0 })
    let batch = Batch(
      rowCount: count,
      columns: [
        BatchColumn("n", .float64(Vector(numbers)), validity: bits), BatchColumn("t", .text(TextVector(texts))),
        BatchColumn("i", .int32(Vector((0..<count).map { Int32($0) }))),
      ])
    let expected = batch.text
    #expect(try JSONText(batch).columns().withUnsafeBytes { try JSONTableReader.columns($0) }.text == expected)
    #expect(try JSONText(batch).objects().withUnsafeBytes { try JSONTableReader.rows($0) }.text == expected)
    #expect(try JSONText(batch).lines().withUnsafeBytes { try JSONTableReader.ndjson($0) }.text == expected)
    #expect(try ArrowReader.read(Vector(ArrowWriter.stream(batch))).text == expected)
    let schema = Schema([.init("n", .float64), .init("t", .string), .init("i", .int32)])
    #expect(try CSVText.text(batch).withUnsafeBytes { try CSVReader.read($0, schema: schema) }.text == expected)
  }
}
