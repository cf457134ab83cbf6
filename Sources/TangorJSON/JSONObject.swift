/// The members of a JSON object in the order in which they came.
///
/// Up to 16 members are searched one by one, more through an index by name, so that looking up stays fast and building stays linear.
/// Names are told apart byte by byte. Setting a name that is there replaces its value in its place. Two objects are equal when they hold
/// the same members in whatever order.
public struct JSONObject: Sendable {
  /// A name of the index, compared by its bytes: `String` holds different spellings of one character to be equal, JSON does not.
  private struct Name: Hashable, Sendable {
    let string: String

    static func == (left: Name, right: Name) -> Bool { areSame(left.string, right.string) }
    func hash(into hasher: inout Hasher) { hasher.combine(string) }
  }

  private static let scanLimit = 16

  private var members: [Element] = []
  private var index: [Name: Int]?

  /// Makes an object without members.
  public init() {}

  /// Makes an object of members; of those with the same name the last one's value stays.
  public init(_ members: some Sequence<(String, JSONValue)>) {
    for (name, value) in members { set(name, value) }
  }

  private static func areSame(_ left: String, _ right: String) -> Bool {
    left == right && left.utf8.elementsEqual(right.utf8)
  }

  private func position(of name: String) -> Int? {
    if let index { return index[Name(string: name)] }
    return members.firstIndex { Self.areSame($0.key, name) }
  }

  /// The value of a member, or nil when there is none. Setting nil removes the member, which takes time proportional to the count.
  public subscript(name: String) -> JSONValue? {
    get { position(of: name).map { members[$0].value } }
    set {
      if let newValue { set(name, newValue) } else { removeValue(forKey: name) }
    }
  }

  /// Sets a member, in its place if the name is there and otherwise at the end.
  mutating func set(_ name: String, _ value: JSONValue) {
    if let place = position(of: name) {
      members[place].value = value
      return
    }
    members.append((name, value))
    if index != nil {
      index?[Name(string: name)] = members.count - 1
    } else if members.count > Self.scanLimit {
      reindex()
    }
  }

  /// Removes a member, in time proportional to the count.
  ///
  /// - Returns: its value, or nil when there was none
  @discardableResult
  public mutating func removeValue(forKey name: String) -> JSONValue? {
    guard let place = position(of: name) else { return nil }
    let removed = members.remove(at: place).value
    if index != nil { reindex() }
    return removed
  }

  private mutating func reindex() {
    guard members.count > Self.scanLimit else {
      index = nil
      return
    }
    var places: [Name: Int] = [:]
    places.reserveCapacity(members.count * 2)
    for (place, member) in members.enumerated() { places[Name(string: member.key)] = place }
    index = places
  }

  /// The members' names in order.
  public var keys: [String] { members.map(\.key) }

  /// The members' values in order.
  public var values: [JSONValue] { members.map(\.value) }
}

extension JSONObject: RandomAccessCollection {
  public typealias Element = (key: String, value: JSONValue)

  public var startIndex: Int { 0 }
  public var endIndex: Int { members.count }
  public subscript(position: Int) -> Element { members[position] }
}

extension JSONObject: Hashable {
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
  }

  public func hash(into hasher: inout Hasher) {
    // A sum does not depend on the order, as equality does not.
    var sum = 0
    for (name, value) in members {
      var member = Hasher()
      member.combine(name)
      member.combine(value)
      sum &+= member.finalize()
    }
    hasher.combine(members.count)
    hasher.combine(sum)
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral members: (String, JSONValue)...) {
    self.init(members)
  }
}
