/// A column by which rows are ordered.
struct SortColumn {
  let column: ColumnStore
  /// Its position in the table.
  let position: Int
  let descending: Bool
  /// By the values without their signs. Texts have none: they leave the rows as they are, or turn them round.
  let absolute: Bool

  private var ignoresValues: Bool { absolute && column.kind == .string }

  /// The key of a row: the lower comes first.
  @inline(__always) func key(_ slot: UInt32, _ keys: RowKeys) -> UInt64 {
    let key = ignoresValues ? keys.orderKey(slot) : absolute ? column.magnitudeKey(slot) : column.sortKey(slot)
    return descending ? ~key : key
  }

  /// The keys of rows.
  func keys(_ slots: [UInt32], _ rowKeys: RowKeys) -> [UInt64] {
    if ignoresValues { return slots.map { key($0, rowKeys) } }
    var kernel = FillKernel(sort: self, slots: slots)
    return column.visit(&kernel)
  }

  private struct FillKernel: ColumnKernel {
    let sort: SortColumn
    let slots: [UInt32]

    func run<Value: StoredValue>(_ values: UnsafeMutablePointer<Value>) -> [UInt64] {
      let flip: UInt64 = sort.descending ? .max : 0
      let column = sort.column
      let validity = column.validity.base
      @inline(__always) func fill(_ key: (Int) -> UInt64) -> [UInt64] {
        [UInt64](unsafeUninitializedCapacity: slots.count) { memory, count in
          guard let out = memory.baseAddress else { return }
          slots.withUnsafeBufferPointer { slots in
            for index in 0..<slots.count {
              let slot = Int(slots[index])
              let hasValue = validity[slot >> 6] >> UInt64(slot & 63) & 1 == 1
              out[index] = (hasValue ? key(slot) : 0) ^ flip
            }
          }
          count = slots.count
        }
      }
      if let dictionary = column.dictionary {
        let labels = dictionary.orderedLabels()
        let codes = column.values(Int32.self)
        return fill { labels[Int(codes[$0])] }
      }
      return sort.absolute && column.kind.isNumber ? fill { values[$0].magnitudeKey } : fill { values[$0].sortKey }
    }
  }
}

extension ColumnKind {
  /// Whether values are numbers that have a sign or could have one.
  var isNumber: Bool { type == .integer || type == .float }
}

extension ColumnStore {
  /// The key of a cell without its sign; that of the cell where it has none.
  func magnitudeKey(_ slot: UInt32) -> UInt64 {
    guard hasValue(slot) else { return 0 }
    let index = Int(slot)
    return switch kind {
    case .int8: values(Int8.self)[index].magnitudeKey
    case .int16: values(Int16.self)[index].magnitudeKey
    case .int32: values(Int32.self)[index].magnitudeKey
    case .int64: values(Int64.self)[index].magnitudeKey
    case .float32: values(Float.self)[index].magnitudeKey
    case .float64: values(Double.self)[index].magnitudeKey
    default: sortKey(slot)
    }
  }
}

/// Sorts of a table's rows by columns.
enum RowSort {
  /// - Parameter slots: In the order that rows with equal keys keep.
  static func sorted(_ slots: [UInt32], by sorts: [SortColumn], _ keys: RowKeys) -> [UInt32] {
    var slots = slots
    for sort in sorts.reversed() { slots = RadixSort.sorted(slots, keys: sort.keys(slots, keys)) }
    return slots
  }
}
