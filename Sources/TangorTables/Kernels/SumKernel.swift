/// Adds a column's numbers up by group, in one pass.
struct SumKernel: ColumnKernel {
  let column: ColumnStore
  let slots: [UInt32]
  /// The group of each row.
  let leaves: [UInt32]
  let absolute: Bool
  /// By group; one of the two.
  let whole: UnsafeMutablePointer<WholeSum>?
  let exact: UnsafeMutablePointer<ExactSum>?

  func run<Value: StoredValue>(_ values: UnsafeMutablePointer<Value>) {
    if let whole {
      if absolute {
        forEach { slot, leaf in
          let number = values[slot].int64
          whole[leaf].add(number == .min ? .max : abs(number))
        }
      } else {
        forEach { slot, leaf in whole[leaf].add(values[slot].int64) }
      }
    } else if let exact {
      if absolute {
        forEach { slot, leaf in exact[leaf].add(abs(values[slot].double)) }
      } else {
        forEach { slot, leaf in exact[leaf].add(values[slot].double) }
      }
    }
  }

  @inline(__always) private func forEach(_ body: (Int, Int) -> Void) {
    let validity = column.validity.base
    slots.withUnsafeBufferPointer { slots in
      leaves.withUnsafeBufferPointer { leaves in
        for row in 0..<slots.count {
          let slot = Int(slots[row])
          if validity[slot >> 6] >> UInt64(slot & 63) & 1 == 1 { body(slot, Int(leaves[row])) }
        }
      }
    }
  }
}
