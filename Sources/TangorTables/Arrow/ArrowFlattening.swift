/// Makes a batch of the arrays of one Arrow message.
struct ArrowFlattening {
  let listFlatten: ListFlatten
  /// The column of row keys, which lists must not repeat.
  let index: String?
  /// How many rows there may be.
  let limit: Int
  /// Bytes that lists may become as text.
  let textLimit: Int

  func batch(_ arrays: [ArrowArray], rowCount: Int) throws(TableError) -> Batch {
    var parts: [ArrowExpansion] = []
    for array in arrays {
      guard array.count == rowCount else {
        throw .damagedArrow("column `\(array.field.name)` has \(array.count) values for \(rowCount) rows")
      }
      parts.append(try expansion(array, array.field.name, within: nil))
    }
    try checkIndex(parts)
    let whole = try ArrowExpansion.combined(parts, name: "", rowCount: rowCount, isCartesian: listFlatten == .cartesian, limit: limit)
    return Batch(rowCount: whole.counts?.reduce(0, +) ?? rowCount, columns: whole.leaves.map(\.column))
  }

  private func checkIndex(_ parts: [ArrowExpansion]) throws(TableError) {
    guard let index, let key = parts.first(where: { $0.leaves.contains { $0.name == index } }) else { return }
    let lists = parts.filter { $0.counts?.contains { $0 > 1 } ?? false }
    guard !lists.isEmpty, key.counts == nil || listFlatten == .cartesian && lists.count > 1 else { return }
    throw TableError(
      "Cannot create a Table indexed on `\(index)` from an expanded array: its rows would repeat. Use the `stringify` list flatten mode.")
  }

  /// - Parameter parents: which of the values exist as far as what they stand in tells; nil when all do
  private func expansion(_ array: ArrowArray, _ name: String, within parents: Bitmap?) throws(TableError) -> ArrowExpansion {
    if array.dictionary == nil {
      switch array.field.type {
      case .structure:
        let validity = Bitmap.both(array.validity, parents)
        var parts: [ArrowExpansion] = []
        for child in array.children {
          guard child.count >= array.count else { throw .damagedArrow("column `\(name).\(child.field.name)` is cut off") }
          guard child.count == array.count else { throw .damagedArrow("column `\(name).\(child.field.name)` is too long") }
          parts.append(try expansion(child, name + "." + child.field.name, within: validity))
        }
        return try ArrowExpansion.combined(
          parts, name: name, rowCount: array.count, isCartesian: listFlatten == .cartesian, limit: limit)
      case .list, .largeList:
        let offsets = try array.listOffsets()
        let validity = Bitmap.both(array.validity, parents)
        guard listFlatten != .stringify else {
          return .leaf(name, .text(try ArrowListText.texts(of: array, limit: textLimit)), validity)
        }
        return try expansion(array.children[0], name, within: nil).gathered(into: name, offsets, validity, limit: limit)
      default: break
      }
    }
    let (values, validity) = try array.values()
    return .leaf(name, values, Bitmap.both(validity, parents))
  }
}

extension ArrowArray {
  /// Where each list begins among the elements, and the last ends.
  func listOffsets() throws(TableError) -> Vector<Int64> {
    let offsets = field.type == .list ? try offsets(Int32.self) : try offsets(Int64.self)
    guard offsets[offsets.count - 1] <= Int64(children[0].count) else {
      throw .damagedArrow("the lists of column `\(field.name)` are cut off")
    }
    return offsets
  }
}
