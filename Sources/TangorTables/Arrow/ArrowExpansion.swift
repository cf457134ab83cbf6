/// Columns of an Arrow batch on their way to flat ones: structures become several columns, lists several rows.
struct ArrowExpansion {
  /// A column without parts.
  struct Leaf {
    var name: String
    var values: BatchValues
    var validity: Bitmap?
    /// For each row its value's place, negative for none; nil when each row has the value of the same number.
    var places: [Int]?
  }

  var name: String
  var leaves: [Leaf]
  /// How many rows each row becomes; nil when each stays one.
  var counts: [Int]?
  /// Which rows are lists without elements, and became one row without a value.
  var isEmpty: [Bool]?

  static func leaf(_ name: String, _ values: BatchValues, _ validity: Bitmap?) -> ArrowExpansion {
    ArrowExpansion(name: name, leaves: [Leaf(name: name, values: values, validity: validity)])
  }

  /// How many rows there are behind the first so many.
  private func starts(_ rowCount: Int) -> [Int]? {
    counts.map { counts in
      var starts = [0]
      starts.reserveCapacity(rowCount + 1)
      for count in counts { starts.append(starts[starts.count - 1] + count) }
      return starts
    }
  }

  /// The rows of a list, of which this is what its elements became.
  func gathered(into name: String, _ offsets: Vector<Int64>, _ validity: Bitmap?, limit: Int) throws(TableError) -> ArrowExpansion {
    let rowCount = offsets.count - 1
    let starts = starts(Int(offsets[rowCount]))
    var places: [Int] = []
    var counts: [Int] = []
    var isEmpty: [Bool] = []
    counts.reserveCapacity(rowCount)
    for row in 0..<rowCount {
      let (first, end) = (Int(offsets[row]), Int(offsets[row + 1]))
      let range = starts.map { $0[first]..<$0[end] } ?? first..<end
      let isMissing = range.isEmpty || !(validity?[row] ?? true)
      isEmpty.append(isMissing)
      if isMissing { places.append(-1) } else { places.append(contentsOf: range) }
      counts.append(isMissing ? 1 : range.count)
      guard places.count <= limit else { throw Self.tooManyRows(limit) }
    }
    let leaves = leaves.map { $0.gathered(places) }
    return ArrowExpansion(name: name, leaves: leaves, counts: counts, isEmpty: isEmpty)
  }

  /// Columns that stand side by side, as one.
  static func combined(
    _ parts: [ArrowExpansion], name: String, rowCount: Int, isCartesian: Bool, limit: Int
  ) throws(TableError) -> ArrowExpansion {
    guard parts.contains(where: { $0.counts != nil }) else { return ArrowExpansion(name: name, leaves: parts.flatMap(\.leaves)) }
    let starts = parts.map { $0.starts(rowCount) }
    var places = [[Int]](repeating: [], count: parts.count)
    var counts: [Int] = []
    var total = 0
    for row in 0..<rowCount {
      let sizes = parts.map { $0.counts?[row] ?? 1 }
      let count = isCartesian ? sizes.reduce(1) { $0.multipliedReportingOverflow(by: $1).overflow ? .max : $0 * $1 } : sizes.max() ?? 1
      guard count <= limit, total + count <= limit else { throw tooManyRows(limit) }
      if !isCartesian { try checkZip(parts, sizes, count, row) }
      total += count
      counts.append(count)
      // How many rows pass until a part's next element comes.
      var pace = count
      for (index, size) in sizes.enumerated() {
        let start = starts[index]?[row] ?? row
        pace = isCartesian ? pace / size : 1
        for step in 0..<count { places[index].append(start + (isCartesian ? step / pace % size : size == 1 ? 0 : step)) }
      }
    }
    let leaves = zip(parts, places).flatMap { part, places in part.leaves.map { $0.gathered(places) } }
    return ArrowExpansion(name: name, leaves: leaves, counts: counts)
  }

  private static func checkZip(_ parts: [ArrowExpansion], _ sizes: [Int], _ count: Int, _ row: Int) throws(TableError) {
    func isList(_ index: Int) -> Bool { parts[index].counts != nil && !(parts[index].isEmpty?[row] ?? false) }
    guard count > 1, let other = parts.indices.first(where: { isList($0) && sizes[$0] != count }),
      let longest = sizes.firstIndex(of: count)
    else { return }
    let (first, second) = (min(other, longest), max(other, longest))
    throw TableError(
      "Cannot zip list columns `\(parts[first].name)` (\(sizes[first])) and `\(parts[second].name)` (\(sizes[second])) of differing length "
        + "in row \(row); use the `cartesian` list flatten mode.")
  }

  private static func tooManyRows(_ limit: Int) -> TableError {
    TableError("The lists of the Arrow data make more than \(limit) rows; make them shorter or use the `stringify` list flatten mode.")
  }
}

extension ArrowExpansion.Leaf {
  fileprivate func gathered(_ rows: [Int]) -> Self {
    var leaf = self
    leaf.places = places.map { places in rows.map { $0 < 0 ? -1 : places[$0] } } ?? rows
    return leaf
  }

  /// The column.
  var column: BatchColumn {
    guard let places else { return BatchColumn(name, values, validity: validity) }
    let bits = places.map { $0 >= 0 && (validity?[$0] ?? true) }
    return BatchColumn(name, values.gathered(places), validity: bits.allSatisfy { $0 } ? nil : Bitmap(bits))
  }
}
