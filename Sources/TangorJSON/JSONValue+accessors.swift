extension JSONValue {
  /// Whether the value is `null`.
  public var isNull: Bool { if case .null = self { true } else { false } }

  /// The boolean, or nil for any other value.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The number as an `Int` if it is one exactly (`1.0` is), or nil.
  public var int: Int? {
    switch self {
    case .integer(let value): Int(exactly: value)
    case .double(let value): Int(exactly: value)
    default: nil
    }
  }

  /// The number as the nearest `Double`, or nil for any other value and for integers beyond the largest `Double`.
  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .double(let value): value
    case .bigNumber(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
    default: nil
    }
  }

  /// The string, or nil for any other value.
  public var string: String? { if case .string(let value) = self { value } else { nil } }

  /// The elements, or nil for any other value.
  public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

  /// The members, or nil for any other value.
  public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }

  /// The value of an object's member, or nil when this is no object or lacks it.
  public subscript(name: String) -> JSONValue? {
    if case .object(let object) = self { object[name] } else { nil }
  }

  /// An element of an array, or nil when this is no array or has no such place.
  public subscript(index: Int) -> JSONValue? {
    if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
  }
}
