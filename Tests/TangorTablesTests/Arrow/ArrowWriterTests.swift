import Testing

@testable import TangorTables

@Suite struct ArrowWriterTests {
  @Test(arguments: ArrowFixture.readable) func whatWasReadIsWrittenAndReadBack(fixture: ArrowFixture) throws {
    let batch = try ArrowReader.read(fixture.bytes, listFlatten: fixture.listFlatten)
    let again = try ArrowReader.read(Vector(try ArrowWriter.stream(batch)))
    // A column of nothing has no type of its own in results: it is written as text.
    let expected = fixture.expected.replacing("n null null,null,null", with: "n string null,null,null")
    #expect(again.text == expected)
    #expect(again.rowCount == batch.rowCount)
  }

  @Test func dictionariesHoldWhatOccurs() throws {
    let texts = BatchColumn("a", .text(TextVector(["y", "x", "y", ""])), validity: Bitmap([true, true, true, false]))
    let codes = BatchColumn("b", .dictionary(Vector([2, 0, 2, 2]), values: TextVector(["p", "unused", "q"])))
    let batch = try ArrowReader.read(Vector(try ArrowWriter.stream(Batch(rowCount: 4, columns: [texts, codes]))))
    guard case .dictionary(let first, let firstTexts) = batch.columns[0].values,
      case .dictionary(_, let secondTexts) = batch.columns[1].values
    else {
      Issue.record("not dictionaries")
      return
    }
    #expect((0..<firstTexts.count).map { firstTexts[$0] } == ["y", "x"])
    #expect((0..<4).map { first[$0] } == [0, 1, 0, 0])
    #expect((0..<secondTexts.count).map { secondTexts[$0] } == ["q", "p"])
  }

  @Test func rowsWithoutColumns() throws {
    let batch = try ArrowReader.read(Vector(try ArrowWriter.stream(Batch(rowCount: 7, columns: []))))
    #expect(batch.rowCount == 7 && batch.columns.isEmpty)
  }

  /// Stands for a codec: it drops the zeros at the end, of which there are many, and keeps as many bytes as a real one would need.
  struct Trimming: ArrowCompression {
    func decompress(
      _ source: UnsafeRawBufferPointer, _ codec: ArrowCodec, into target: UnsafeMutableRawBufferPointer
    ) throws(TableError) {
      guard source.count <= target.count else { throw TableError("too long") }
      target.initializeMemory(as: UInt8.self, repeating: 0)
      target.copyMemory(from: source)
    }

    func compress(_ source: UnsafeRawBufferPointer, _ codec: ArrowCodec) throws(TableError) -> [UInt8] {
      Array(source.prefix(max((source.lastIndex { $0 != 0 } ?? -1) + 1, source.count / 200 + 8)))
    }
  }

  @Test(arguments: ArrowCodec.allCases) func compressed(codec: ArrowCodec) throws {
    let batch = Batch(
      rowCount: 1000,
      columns: [
        BatchColumn("z", .int64(Vector([Int64](repeating: 0, count: 1000)))),
        BatchColumn("s", .text(TextVector((0..<1000).map { "\($0)" }))),
      ])
    let plain = try ArrowWriter.stream(batch)
    let small = try ArrowWriter.stream(batch, codec: (codec, Trimming()))
    #expect(small.count < plain.count)
    #expect(try ArrowReader.read(Vector(small), compression: Trimming()).text == batch.text)
    #expect(throws: TableError.self) { try ArrowReader.read(Vector(small)) }
    #expect(throws: TableError("The Arrow data decompresses to more than 100 bytes.")) {
      try ArrowReader.read(Vector(small), compression: Trimming(), limits: ArrowLimits(maximumDecompressedBytes: 100))
    }
  }
}
