import Foundation

@testable import TangorTables

/// Reads any bytes as Arrow, and writes what came of them.
enum ArrowFuzzing {
  private static let limits = ArrowLimits(maximumRows: 20_000, maximumDecompressedBytes: 1 << 22)

  static func run(_ bytes: [UInt8]) throws {
    guard let first = bytes.first else { return }
    // The last bits of the first byte choose how, so that all ways are tried.
    let lists = ListFlatten.allCases[Int(first) % ListFlatten.allCases.count]
    let index = first & 4 == 0 ? nil : "a"
    guard
      let batch = try? ArrowReader.read(
        Vector(bytes[1...]), listFlatten: lists, index: index, compression: ArrowCodecs.available, limits: limits)
    else { return }
    try BatchFuzzing.consume(batch)
  }

  /// What other implementations have written, for the tests of the reader.
  static let seeds: [[UInt8]] = {
    let tests = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "../..").standardized
    let files = ["TangorTablesTests/Fixtures/arrow.ndjson", "TangorTablesTests/Fixtures/compressed.ndjson"]
    struct Fixture: Decodable { var data: Data }
    return files.flatMap { file -> [[UInt8]] in
      guard let text = try? Data(contentsOf: tests.appending(path: file)) else { return [] }
      let fixtures = text.split(separator: 0x0A).compactMap { try? JSONDecoder().decode(Fixture.self, from: $0) }
      return fixtures.enumerated().map { [UInt8($0.offset % 8)] + $0.element.data }
    }
  }()
}

/// What was read, in every use that follows.
enum BatchFuzzing {
  static func consume(_ batch: Batch) throws {
    for column in batch.columns {
      try FuzzFailure.unless(column.values.count == batch.rowCount, "\(column.name) has \(column.values.count) of \(batch.rowCount)")
      try FuzzFailure.unless(column.validity.map { $0.count == batch.rowCount } ?? true, "validity of \(column.name)")
      try FuzzFailure.unless(column.presence.map { $0.count == batch.rowCount } ?? true, "presence of \(column.name)")
    }
    guard batch.rowCount * max(batch.columns.count, 1) <= 20_000 else { return }
    _ = CSVText.text(batch)
    _ = JSONText(batch, isFormatted: true).objects()
    let stream = try ArrowWriter.stream(batch, codec: ArrowCodecs.available.map { (batch.rowCount % 2 == 0 ? .lz4 : .zstandard, $0) })
    let again = try ArrowReader.read(Vector(stream), compression: ArrowCodecs.available)
    try FuzzFailure.unless(again.rowCount == batch.rowCount, "\(batch.rowCount) rows became \(again.rowCount)")
    try FuzzFailure.unless(again.columns.map(\.name) == batch.columns.map(\.name), "the names of columns changed")
    // As a table: names may clash and kinds may be missing, which it says.
    let schema = Schema(batch.columns.map { Schema.Column($0.name, $0.values.kind) })
    guard let table = try? TableCore(schema: schema) else { return }
    try table.update(batch)
    table.poll()
    try FuzzFailure.unless(table.count == (schema.columns.isEmpty ? table.count : batch.rowCount), "the table has \(table.count) rows")
    let view = try table.makeView(ViewConfiguration(sort: schema.columns.prefix(2).map { .init($0.name, .descending) }))
    _ = view.slice(.all, keys: true).csv()
  }
}
