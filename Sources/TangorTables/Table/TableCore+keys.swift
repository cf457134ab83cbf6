extension TableCore {
  /// The slot of a key's row; nil when it is not there.
  ///
  /// - Throws: On a table without an index.
  func slot(ofKey key: CellValue) throws(TableError) -> UInt32? {
    guard let indexColumn else { throw TableError("The table has no index to find rows by; make it with `index:`") }
    let index = columns[indexColumn]
    let named: RowKey? = key == .null ? .null : KeyText.identity(key, kind: index.kind)
    return named.flatMap { slot(of: $0, in: index) }
  }

  /// - Parameter index: The index column.
  func slot(of key: RowKey, in index: ColumnStore) -> UInt32? {
    switch key {
    case .null: keys.slot(ofIdentity: nil)
    case .value(let value): keys.slot(ofIdentity: value)
    case .text(let text): index.dictionary?.code(of: text).flatMap { keys.slot(ofIdentity: UInt64(UInt32(bitPattern: $0))) }
    }
  }
}
