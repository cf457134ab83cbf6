/// The keys of some rows of a column, in the order of the rows: for grouping, for ordering, or without signs.
///
/// It is the one kernel that knows a column's type where keys are worked with; what follows works on numbers.
struct KeyFill: ColumnKernel {
  enum Mode {
    /// As `ColumnStore.groupKey`: texts by their codes.
    case group
    /// As `ColumnStore.sortKey`: texts by their labels.
    case order
    /// As `ColumnStore.magnitudeKey`.
    case magnitude
  }

  /// Rows whose keys stay in a processor's cache between two passes.
  static let chunk = 2_048

  private let column: ColumnStore
  private let mode: Mode
  /// By code, where texts are ordered.
  private let labels: UnsafePointer<UInt64>?
  private let slots: UnsafePointer<UInt32>?
  private var rows = 0..<0
  private var out: UnsafeMutablePointer<UInt64>?

  /// - Parameter slots: The rows' slots, which stay while the kernel is used; nil where each row's slot is its number.
  init(_ column: ColumnStore, _ mode: Mode, slots: UnsafePointer<UInt32>?) {
    self.column = column
    self.mode = mode
    self.slots = slots
    labels = mode == .group ? nil : column.dictionary?.orderedLabels()
  }

  /// Writes the keys of rows.
  func fill(_ rows: Range<Int>, _ out: UnsafeMutablePointer<UInt64>) {
    var kernel = self
    (kernel.rows, kernel.out) = (rows, out)
    column.visit(&kernel)
  }

  func run<Value: StoredValue>(_ values: UnsafeMutablePointer<Value>) {
    if column.dictionary != nil {
      let codes = column.values(Int32.self)
      if let labels { write { labels[Int(codes[$0])] } } else { write { UInt64(UInt32(bitPattern: codes[$0])) &+ 1 } }
    } else if mode == .magnitude, column.kind.isNumber {
      write { values[$0].magnitudeKey }
    } else {
      write { values[$0].sortKey }
    }
  }

  @inline(__always) private func write(_ key: (Int) -> UInt64) {
    guard let out else { return }
    let validity = column.validity.base
    let first = rows.lowerBound
    guard let slots else {
      if column.isFull(rows) {
        for row in rows { out[row &- first] = key(row) }
      } else {
        // Labels of codes that mean nothing are not read.
        for row in rows { out[row &- first] = validity[row >> 6] >> UInt64(row & 63) & 1 == 1 ? key(row) : 0 }
      }
      return
    }
    for row in rows {
      let slot = Int(slots[row])
      out[row &- first] = validity[slot >> 6] >> UInt64(slot & 63) & 1 == 1 ? key(slot) : 0
    }
  }
}

extension ColumnStore {
  /// Whether every slot of a range has a value.
  func isFull(_ slots: Range<Int>) -> Bool {
    guard !slots.isEmpty else { return true }
    let (first, last) = (slots.lowerBound >> 6, (slots.upperBound - 1) >> 6)
    let head = UInt64.max << UInt64(slots.lowerBound & 63)
    let tail = UInt64.max >> UInt64(63 - (slots.upperBound - 1) & 63)
    let words = validity.base
    if first == last { return words[first] & head & tail == head & tail }
    guard words[first] & head == head, words[last] & tail == tail else { return false }
    var common = UInt64.max
    for word in first + 1..<last { common &= words[word] }
    return common == .max
  }
}
