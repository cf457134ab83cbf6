/// A file with all its representations, as they were at one moment.
package struct FileEntry: Sendable {
  /// The plain file.
  package let plain: FileVariant
  /// The compressed neighbours that are no older than the file.
  package let compressed: [FileVariant]
  /// Whether the file was still changing when it was read, so that its identity does not vouch for the copy.
  package let isUnsettled: Bool

  package init(plain: FileVariant, compressed: [FileVariant] = [], isUnsettled: Bool = false) {
    self.plain = plain
    self.compressed = compressed
    self.isUnsettled = isUnsettled
  }

  /// Whether all representations are in memory.
  package var isInMemory: Bool {
    ([plain] + compressed).allSatisfy { if case .memory = $0.content { true } else { false } }
  }

  /// What keeping the entry costs, in bytes.
  package var cost: Int {
    // Beside the contents: the fields, their index and the nodes that hold them.
    ([plain] + compressed).reduce(256) { $0 + $1.bytesInMemory + 1_024 }
  }

  /// The representation that a request prefers.
  package func variant(for conditions: RequestConditions) -> FileVariant {
    guard !compressed.isEmpty, conditions.range == nil, let field = conditions.acceptEncoding else { return plain }
    for coding in ContentCoding.accepted(by: field) {
      if let variant = compressed.first(where: { $0.coding == coding }) { return variant }
    }
    return plain
  }
}
