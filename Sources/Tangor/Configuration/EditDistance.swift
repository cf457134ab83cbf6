extension String {
  /// How many insertions, deletions, replacements and swaps of neighbours lead from this text to another.
  ///
  /// - Parameters:
  ///   - other: The other text.
  ///   - limit: The most that is of interest.
  /// - Returns: The distance; nil when it is beyond the limit.
  func editDistance(to other: String, limit: Int) -> Int? {
    let (left, right) = (Array(unicodeScalars), Array(other.unicodeScalars))
    // Texts that differ so much in length need no table, which also bounds the work for absurd names.
    guard abs(left.count - right.count) <= limit else { return nil }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, scalar) in left.enumerated() {
      var current = [row + 1]
      current.reserveCapacity(right.count + 1)
      for (column, candidate) in right.enumerated() {
        var distance = min(last[column + 1], current[column]) + 1
        distance = min(distance, last[column] + (scalar == candidate ? 0 : 1))
        if row > 0, column > 0, scalar == right[column - 1], left[row - 1] == candidate {
          distance = min(distance, beforeLast[column - 1] + 1)
        }
        current.append(distance)
      }
      (beforeLast, last) = (last, current)
    }
    let distance = last[right.count]
    return distance <= limit ? distance : nil
  }
}
