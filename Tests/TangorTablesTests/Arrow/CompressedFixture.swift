import Foundation
import TangorTables

/// Arrow data that another implementation has compressed, and some of its cells.
struct CompressedFixture: Sendable, Decodable, CustomStringConvertible {
  var name: String
  /// The data as base64.
  var data: Data
  var rows: Int
  /// For each column the text of some cells, evenly apart; nil for those without a value.
  var sample: [String: [String?]]

  var description: String { name }
  var bytes: Vector<UInt8> { Vector(Array(data)) }

  static let all: [CompressedFixture] = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/compressed.ndjson").standardized
    guard let text = try? Data(contentsOf: file) else { return [] }
    return text.split(separator: 0x0A).compactMap { try? JSONDecoder().decode(CompressedFixture.self, from: $0) }
  }()
}
