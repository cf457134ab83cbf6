import Foundation

@testable import TangorTables

/// Arrow data that another implementation has written, and what it reads as.
struct ArrowFixture: Sendable, Decodable, CustomStringConvertible {
  var name: String
  /// The data as base64.
  var data: Data
  /// What lists become.
  var lists: String
  /// The batch in a line, or the error.
  var expected: String

  var description: String { name }
  var bytes: Vector<UInt8> { Vector(Array(data)) }
  var listFlatten: ListFlatten { ListFlatten(rawValue: lists) ?? .zip }

  static func load(_ file: String) -> [ArrowFixture] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures").standardized
    guard let text = try? Data(contentsOf: folder.appending(path: file)) else { return [] }
    return text.split(separator: 0x0A).compactMap { try? JSONDecoder().decode(ArrowFixture.self, from: $0) }
  }

  static let readable = load("arrow.ndjson")
  static let refused = load("arrow-refused.ndjson")
}
