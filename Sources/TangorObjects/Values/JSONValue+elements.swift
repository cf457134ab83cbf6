import TangorJSON

// Elements of values by path. What is not there gives nil or false, and nothing is made on the way.

extension JSONValue {
  /// The element at a path.
  func element(at parts: ArraySlice<ObjectPath.Part>) -> JSONValue? {
    guard let part = parts.first else { return self }
    let rest = parts.dropFirst()
    switch self {
    case .array(let elements): return part.index.flatMap { elements.indices.contains($0) ? elements[$0].element(at: rest) : nil }
    case .object(let object): return part.key.flatMap { object[$0]?.element(at: rest) }
    default: return nil
    }
  }

  /// Changes the element at a path: sets it, or removes it from its object.
  ///
  /// An entry of an object that is not there yet is made when it is the last part of the path.
  ///
  /// - Returns: Whether there was a place for it.
  mutating func change(at parts: ArraySlice<ObjectPath.Part>, to value: JSONValue?) -> Bool {
    guard let part = parts.first else { return false }
    let rest = parts.dropFirst()
    switch self {
    case .array(var elements):
      guard let index = part.index, elements.indices.contains(index) else { return false }
      if !rest.isEmpty {
        guard elements[index].change(at: rest, to: value) else { return false }
      } else {
        guard let value else { return false }
        elements[index] = value
      }
      self = .array(elements)
      return true
    case .object(var object):
      guard let key = part.key else { return false }
      if !rest.isEmpty {
        guard var inner = object[key], inner.change(at: rest, to: value) else { return false }
        object[key] = inner
      } else {
        guard value != nil || object[key] != nil else { return false }
        object[key] = value
      }
      self = .object(object)
      return true
    default: return false
    }
  }
}

extension ObjectPath.Part {
  /// The part as a place in an array.
  var index: Int? {
    switch self {
    case .index(let index): index
    case .name(let name): ObjectPath.index(name.utf8)
    case .key: nil
    }
  }

  /// The part as a key of an object.
  var key: String? {
    switch self {
    case .name(let name), .key(let name): name
    case .index: nil
    }
  }
}
