import NIOCore
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

  /// Reads the file. Blocks.
  ///
  /// - Throws: When it cannot be read.
  func read() throws -> TableInput {
    guard let file = try OpenFile(path: path) else { throw TableError("there is no file that can be read") }
    let bytes = try file.read(0..<file.metadata.size).readableBytesView
    return switch format {
    case .csv: .csv(bytes)
    case .json: .json(bytes)
    case .ndjson: .ndjson(bytes)
    case .arrow: .arrow(bytes)
    }
  }
}
