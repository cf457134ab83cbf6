@testable import TangorTables

/// Reads any bytes as a pattern and a text behind a zero, and looks for the one in the other.
enum PatternFuzzing {
  static func run(_ bytes: [UInt8]) throws {
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first else { return }
    let text = Array(parts.dropFirst().first ?? [])
    let pattern = String(decoding: first, as: UTF8.self)
    guard let compiled = TextPattern(pattern) else { return }
    let found = text.withUnsafeBufferPointer { compiled.matches($0) }
    // Whatever can be found may be grouped, and is no worse for an alternative that is never there.
    if let grouped = TextPattern("(?:\(pattern))|\u{1}\u{2}\u{3}"), !pattern.hasPrefix("(?i)"), !text.contains(1) {
      try FuzzFailure.unless(text.withUnsafeBufferPointer { grouped.matches($0) } == found, "grouped it finds something else")
    }
    // As a filter.
    guard let table = try? TableCore(schema: Schema([.init("s", .string)])) else { return }
    let cell = String(decoding: text, as: UTF8.self)
    try table.update(Batch(rowCount: 2, columns: [BatchColumn("s", [.text(cell), .null], kind: .string)]))
    table.poll()
    let view = try table.makeView(ViewConfiguration(filter: [.init("s", "matches", [.text(pattern)])]))
    let other = try table.makeView(ViewConfiguration(filter: [.init("s", "not matches", [.text(pattern)])]))
    try FuzzFailure.unless(view.rowCount <= 1 && other.rowCount <= 1, "\(view.rowCount) rows match, \(other.rowCount) do not")
  }

  static let seeds: [[UInt8]] = [
    "a\0banana", "(an)+a$\0banana", "^(an){2}\0anan", "x|n\0nn", "[^b-d]an\0can", "\\d{2,3}-\\w+\0tel 12-ab", "\\bcat\\b\0a cat!",
    "[éü]$\0menü", "(?i)BAN\0banana", "a{,2}\0a{,2}", "^\\D+$\0aé", "[\\d.]+\03.5", "a*?b\0aaab", "(a|)(b|)c\0c", "[]a]\0]",
    "^(?:(a+)+)+$\0aaaaaaaaab", "a{0}b{3,}\0bbb", "(((())))\0",
  ].map { Array($0.utf8) }
}
