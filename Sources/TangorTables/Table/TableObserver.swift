/// Somebody who keeps something up to date with a table's rows.
///
/// Changes come in two steps: first the rows are as they were, so that what they added can be taken back without old values being kept
/// anywhere, then they are as they will be.
package protocol TableObserver: AnyObject {
  /// Writes that waited are about to be made; what observers told of the last ones is over.
  func pollWillBegin()

  /// Rows that are there will change or go.
  ///
  /// - Parameters:
  ///   - slots: Each once.
  ///   - columns: Which columns may change; nil when the rows go.
  func rowsWillChange(_ slots: [UInt32], columns: ColumnSet?)

  /// Rows have changed or come.
  ///
  /// - Parameters:
  ///   - changed: Those of `rowsWillChange`.
  ///   - added: New rows.
  func rowsDidChange(_ changed: [UInt32], added: [UInt32], columns: ColumnSet)

  /// Rows of `rowsWillChange` that were to go are gone.
  func rowsHaveGone()

  /// All rows are gone.
  func rowsWereCleared()

  /// The rows have other slots.
  ///
  /// - Parameter newSlots: By old slot; `.max` where there was no row.
  func slotsMoved(_ newSlots: [UInt32])
}

extension TableObserver {
  package func pollWillBegin() {}
  package func rowsHaveGone() {}
}

/// Some of a table's columns, by position.
package struct ColumnSet: Sendable {
  private var words: [UInt64] = []

  package init(_ columns: some Sequence<Int> = []) { for column in columns { insert(column) } }

  package mutating func insert(_ column: Int) {
    while words.count <= column / 64 { words.append(0) }
    words[column / 64] |= 1 << UInt64(column % 64)
  }

  package func contains(_ column: Int) -> Bool { column / 64 < words.count && words[column / 64] >> UInt64(column % 64) & 1 == 1 }

  package func intersects(_ other: ColumnSet) -> Bool { zip(words, other.words).contains { $0 & $1 != 0 } }
}
