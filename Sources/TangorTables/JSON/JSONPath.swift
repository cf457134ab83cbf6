/// A name in a row, or in an object of a row, and the names below it: `{"a": {"b": 1}}` has `a` and, below it, `b` with the column `a.b`.
final class JSONPath {
  let name: String
  private let nameBytes: [UInt8]
  /// The names down to here, joined with points.
  let path: String
  /// Where the column stands, when it is known.
  @exclusivity(unchecked) var column: ColumnPlace = .unknown
  @exclusivity(unchecked) private(set) var children: [JSONPath] = []
  private var places: [String: Int] = [:]

  enum ColumnPlace {
    case unknown
    /// No column takes these values.
    case none
    case index(Int)
  }

  init(name: String = "", below parent: JSONPath? = nil, isRoot: Bool = false) {
    self.name = name
    nameBytes = Array(name.utf8)
    if let parent, !parent.isTop { path = parent.path + "." + name } else { path = name }
    isTop = isRoot
  }

  private let isTop: Bool

  /// Whether a name is this one.
  @inline(__always)
  func isNamed(_ isEqual: (UnsafeBufferPointer<UInt8>) -> Bool) -> Bool { nameBytes.withUnsafeBufferPointer(isEqual) }

  /// Where the name stands among the children; it becomes one when it is new.
  func place(of name: String) -> Int {
    if let place = places[name] { return place }
    places[name] = children.count
    children.append(JSONPath(name: name, below: self))
    return children.count - 1
  }

  func child(_ name: String) -> JSONPath {
    let place = place(of: name)
    return children[place]
  }
}
