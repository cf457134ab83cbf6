import NIOCore
import TangorArrowCompression
import TangorServing
import TangorTables

/// The file that a table comes from.
package struct TableFile: Sendable, Hashable {
  /// How a file is read.
  package enum Format: Sendable, Hashable {
    case csv, json, ndjson, arrow
  }

  package let path: String
  package let format: Format

  private static let formats: [String: Format] = [
    "csv": .csv, "json": .json, "ndjson": .ndjson, "jsonl": .ndjson, "arrow": .arrow, "arrows": .arrow, "feather": .arrow,
  ]

  /// The endings of the files that are understood, for people.
  package static let endings = ".csv, .json, .ndjson, .jsonl, .arrow, .arrows or .feather"

  /// - Returns: nil where the file's ending is none that is understood.
  package init?(path: String) {
    guard let dot = path.lastIndex(of: "."), let format = Self.formats[path[path.index(after: dot)...].lowercased()] else { return nil }
    (self.path, self.format) = (path, format)
  }

  /// What tells one state of the file from another; nil where there is no file that can be read. Blocks.
  func state() -> FileMetadata? { (try? OpenFile(path: path))?.metadata }

  /// Reads the rows. Blocks.
  ///
  /// - Parameter schema: The columns of the table that they are for; nil to find out by the rows.
  /// - Throws: A sentence that says what is wrong with the file.
  func read(_ schema: Schema? = nil) throws -> Batch {
    guard let file = try OpenFile(path: path) else { throw TableError("there is no file that can be read") }
    let bytes = Vector(try file.read(0..<file.metadata.size).readableBytesView)
    if format == .arrow { return try ArrowReader.read(bytes, compression: ArrowCodecs.available) }
    return try bytes.withUnsafeBufferPointer { buffer in
      let text = UnsafeRawBufferPointer(buffer)
      switch format {
      case .csv: return try CSVReader.read(text, schema: schema)
      case .ndjson: return try JSONTableReader.ndjson(text, schema: schema)
      case .json, .arrow:
        // Columns are an object, rows an array.
        let first = text.first { !" \t\r\n".utf8.contains($0) }
        return first == UInt8(ascii: "{")
          ? try JSONTableReader.columns(text, schema: schema) : try JSONTableReader.rows(text, schema: schema)
      }
    }
  }
}
