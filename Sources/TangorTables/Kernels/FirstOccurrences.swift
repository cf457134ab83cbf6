/// The different codes of some rows, in the order in which they first occur.
struct FirstOccurrences {
  /// The codes.
  private(set) var order: [Int32] = []
  /// By code its place in `order`, -1 for none: an array where many of all codes may come, a hash table where few do.
  private var array: [Int32] = []
  private var table: [Int32: Int32] = [:]

  /// - Parameters:
  ///   - limit: All codes are below it.
  ///   - used: How many different codes there can be: when all have been seen, the rest of the rows is not looked at.
  ///   - validity: Rows without a value have no code.
  init(_ codes: Vector<Int32>, limit: Int, used: Int, _ validity: Bitmap?) {
    let isDense = limit <= codes.count * 8 + 1024
    if isDense { array = [Int32](repeating: -1, count: limit) }
    codes.withUnsafeBufferPointer { codes in
      for row in 0..<codes.count where validity?[row] != false {
        let code = codes[row]
        if isDense {
          guard array[Int(code)] < 0 else { continue }
          array[Int(code)] = Int32(truncatingIfNeeded: order.count)
        } else {
          guard table[code] == nil else { continue }
          table[code] = Int32(truncatingIfNeeded: order.count)
        }
        order.append(code)
        if order.count == used { return }
      }
    }
  }

  /// Whether each code is its own place, so that nothing changes by putting places for codes.
  var isIdentity: Bool { order.indices.allSatisfy { order[$0] == Int32(truncatingIfNeeded: $0) } }

  /// The place of each row's code; 0 for rows without a value.
  func positions(_ codes: Vector<Int32>, _ validity: Bitmap?) -> Vector<Int32> {
    let parts = RowParts(codes.count, parts: Parallelism.current.parts(codes.count))
    return Vector<Int32>(count: codes.count) { out in
      guard let out = out.baseAddress else { return }
      codes.withUnsafeBufferPointer { codes in
        array.withUnsafeBufferPointer { array in
          if let array = array.baseAddress, validity == nil, !isSparse {
            forEachPart(parts.parts) { part in for row in parts[part] { out[row] = array[Int(codes[row])] } }
            return
          }
          for row in 0..<codes.count {
            if validity?[row] == false {
              out[row] = 0
            } else {
              out[row] = isSparse ? table[codes[row]] ?? 0 : array[Int(codes[row])]
            }
          }
        }
      }
    }
  }

  private var isSparse: Bool { array.isEmpty }
}
