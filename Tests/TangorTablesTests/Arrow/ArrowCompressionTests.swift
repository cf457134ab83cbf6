import TangorTesting
import Testing

@testable import TangorTables

@Suite struct ArrowCompressionTests {
  @Test func fixturesAreThere() { #expect(CompressedFixture.all.count == 16) }

  #if ArrowCompression
  private let compression = SystemArrowCompression()

  private func texts(_ column: BatchColumn) -> [String?] {
    (0..<column.values.count).map { row in
      if column.validity?[row] == false { return nil }
      switch CellValue(column.values, row) {
      case nil, .null?: return nil
      case .boolean(let value)?: return value ? "true" : "false"
      case let cell?: return cell.pathText
      }
    }
  }

  @Test(arguments: CompressedFixture.all) func reads(fixture: CompressedFixture) throws {
    let batch = try ArrowReader.read(fixture.bytes, compression: compression)
    #expect(batch.rowCount == fixture.rows)
    #expect(Set(batch.columns.map(\.name)) == Set(fixture.sample.keys))
    for column in batch.columns {
      let expected = try #require(fixture.sample[column.name])
      let step = max(1, fixture.rows / 20)
      let found = texts(column).enumerated().filter { $0.offset % step == 0 }.map(\.element)
      #expect(found == expected, "\(column.name)")
    }
  }

  @Test(arguments: CompressedFixture.all, ArrowCodec.allCases) func writesWhatItReads(
    fixture: CompressedFixture, codec: ArrowCodec
  ) throws {
    let batch = try ArrowReader.read(fixture.bytes, compression: compression)
    let plain = try ArrowWriter.stream(batch)
    let small = try ArrowWriter.stream(batch, codec: (codec, compression))
    if fixture.rows > 100 { #expect(small.count < plain.count) }
    #expect(try small == ArrowWriter.stream(batch, codec: (codec, compression)))
    let again = try ArrowReader.read(Vector(small), compression: compression)
    #expect(again.rowCount == batch.rowCount && again.columns.map(texts) == batch.columns.map(texts))
    if small.count < plain.count { #expect(throws: TableError.self) { try ArrowReader.read(Vector(small)) } }
  }

  @Test(arguments: ArrowCodec.allCases) func framesThatEndElsewhere(codec: ArrowCodec) throws {
    let text = [UInt8](repeating: 7, count: 100_000)
    let frame = try text.withUnsafeBytes { raw throws(TableError) in try compression.compress(raw, codec) }
    #expect(frame.count < 2000)
    func decompress(_ source: some Collection<UInt8>, _ count: Int) throws -> [UInt8] {
      var target = [UInt8](repeating: 0, count: count)
      try Array(source).withUnsafeBytes { source in
        try target.withUnsafeMutableBytes { try compression.decompress(source, codec, into: $0) }
      }
      return target
    }
    #expect(try decompress(frame, text.count) == text)
    for count in [0, 1, text.count - 1, text.count + 1] {
      #expect(throws: TableError.self, "\(count)") { try decompress(frame, count) }
    }
    for count in 0..<frame.count { #expect(throws: TableError.self, "\(count)") { try decompress(frame.prefix(count), text.count) } }
    #expect(throws: TableError.self) { try decompress(frame + [0], text.count) }
  }

  @Test(arguments: ArrowCodec.allCases) func nothingIsAFrameToo(codec: ArrowCodec) throws {
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    let frame = try compression.compress(nothing, codec)
    var target: [UInt8] = []
    try frame.withUnsafeBytes { source in
      try target.withUnsafeMutableBytes { try compression.decompress(source, codec, into: $0) }
    }
    #expect(throws: TableError.self) {
      try target.withUnsafeMutableBytes { try compression.decompress(nothing, codec, into: $0) }
    }
  }

  /// What is said to be more than its bytes can become is refused before memory is taken for it.
  @Test(arguments: ArrowCodec.allCases) func lengthsThatCannotBe(codec: ArrowCodec) throws {
    let zeros = [UInt8](repeating: 0, count: 4 << 20)
    let frame = try zeros.withUnsafeBytes { raw throws(TableError) in try compression.compress(raw, codec) }
    #expect(zeros.count <= codec.greatestLength(from: frame.count))
    let batch = Batch(rowCount: 100, columns: [BatchColumn("z", .int64(Vector([Int64](repeating: 5, count: 100))))])
    var bytes = try ArrowWriter.stream(batch, codec: (codec, compression))
    let magic: [UInt8] = codec == .lz4 ? [0x04, 0x22, 0x4D, 0x18] : [0x28, 0xB5, 0x2F, 0xFD]
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: [0x20, 3, 0, 0, 0, 0, 0, 0] + magic) })
    withUnsafeBytes(of: Int64(3 << 30)) { bytes.replaceSubrange(place..<place + 8, with: $0) }
    #expect(throws: TableError("The Arrow data is damaged: a compressed buffer is said to become 3221225472 bytes, more than it can.")) {
      try ArrowReader.read(Vector(bytes), compression: compression)
    }
  }

  /// The limit is one for all of the data: many small messages are no way round it.
  @Test(arguments: ["lz4", "zstd"]) func allMessagesShareTheLimit(codec: String) throws {
    let fixture = try #require(CompressedFixture.all.first { $0.name == "two batches, \(codec), stream" })
    func read(_ limit: Int) throws -> Int {
      try ArrowReader.read(
        fixture.bytes, compression: compression, limits: ArrowLimits(maximumDecompressedBytes: limit)
      ).rowCount
    }
    #expect(try read(3200) == 800)
    #expect(throws: TableError("The Arrow data decompresses to more than 3199 bytes.")) { try read(3199) }
  }

  @Test func damage() throws {
    for seed in 0..<3000 {
      var random = SeededGenerator(seed: UInt64(seed))
      var bytes = try Array(#require(CompressedFixture.all.randomElement(using: &random)).data)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      }
      if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count / 2, using: &random)) }
      let limits = ArrowLimits(maximumRows: 10_000, maximumDecompressedBytes: 1 << 20)
      guard let batch = try? ArrowReader.read(Vector(bytes), compression: compression, limits: limits) else { continue }
      #expect(batch.columns.allSatisfy { $0.values.count == batch.rowCount })
    }
  }
  #else
  @Test func thereIsNone() { #expect(ArrowCodecs.available == nil) }

  @Test(arguments: CompressedFixture.all.filter { $0.rows > 100 }) func saysWhatIsMissing(fixture: CompressedFixture) {
    let name = fixture.name.contains("lz4") ? "LZ4" : "Zstandard"
    #expect(
      throws: TableError("The Arrow data is compressed with \(name), which this build cannot read; write it without compression.")
    ) {
      try ArrowReader.read(fixture.bytes, compression: ArrowCodecs.available)
    }
  }
  #endif
}
