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
  func keys(_ rows: RowSelection, _ rowKeys: RowKeys) -> GrowableBuffer<UInt64> {
    let keys = GrowableBuffer<UInt64>(capacity: rows.count)
    let out = keys.base
    let flip: UInt64 = descending ? .max : 0
    if ignoresValues {
      for row in 0..<rows.count { out[row] = key(rows[row], rowKeys) }
      return keys
    }
    let parts = RowParts(rows.count, parts: Parallelism.current.parts(rows.count))
    rows.withSlots { slots in
      let fill = KeyFill(column, absolute ? .magnitude : .order, slots: slots)
      forEachPart(parts.parts) { part in
        forEachChunk(of: parts[part]) { rows in
          fill.fill(rows, out + rows.lowerBound)
          if flip != 0 { for row in rows { out[row] = ~out[row] } }
        }
      }
    }
    return keys
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
  /// - Parameter rows: In the order that rows with equal keys keep.
  static func sorted(_ rows: RowSelection, by sorts: [SortColumn], _ keys: RowKeys) -> [UInt32] {
    guard let last = sorts.last else { return rows.slots ?? Array(0..<UInt32(rows.count)) }
    let own = last.keys(rows, keys)
    var slots = RadixSort.sorted(rows, keys: own.base)
    for sort in sorts.dropLast().reversed() {
      let rows = RowSelection(slots)
      let own = sort.keys(rows, keys)
      slots = RadixSort.sorted(rows, keys: own.base)
      withExtendedLifetime(own) {}
    }
    withExtendedLifetime(own) {}
    return slots
  }
}
