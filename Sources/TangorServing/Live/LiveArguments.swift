public import TangorCore
public import TangorJSON

/// The arguments of a call, by name, with typed access.
///
/// Every getter throws `invalid_parameters` with a sentence that names the parameter, what is wanted and what came.
public struct LiveArguments: Sendable {
  private let object: JSONObject

  /// - Parameter object: The arguments by name.
  public init(_ object: JSONObject) { self.object = object }

  /// The argument as it came; `nil` when it is absent or null.
  public subscript(_ name: String) -> JSONValue? {
    guard let value = object[name], !value.isNull else { return nil }
    return value
  }

  /// A text.
  public func string(_ name: String) throws -> String {
    try optionalString(name).orMissing(name)
  }

  /// A text, if given.
  public func optionalString(_ name: String) throws -> String? {
    guard let value = self[name] else { return nil }
    guard let text = value.string else { throw wrong(name, "a string", value) }
    return text
  }

  /// A whole number within a range.
  public func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int {
    try optionalInteger(name, in: range).orMissing(name)
  }

  /// A whole number within a range, if given.
  public func optionalInteger(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let value = self[name] else { return nil }
    guard let number = value.int else { throw wrong(name, "a whole number", value) }
    guard range.contains(number) else {
      throw TangorError(
        .invalidParameters, "'\(name)' must be from \(range.lowerBound) to \(range.upperBound); \(number) came.")
    }
    return number
  }

  /// A duration, if given: seconds as a number, or a text with a unit as in `"250ms"`.
  public func optionalDuration(_ name: String, upTo limit: Duration) throws -> Duration? {
    guard let value = self[name] else { return nil }
    let duration: Duration? =
      if let text = value.string { Duration(parsing: text) } else if let seconds = value.double, seconds >= 0, seconds <= 1e9 {
        .seconds(seconds)
      } else { nil }
    guard let duration else { throw wrong(name, "a duration such as \"2s\" or a number of seconds", value) }
    guard duration <= limit else {
      throw TangorError(.invalidParameters, "'\(name)' may be at most \(limit.unitDescription).")
    }
    return duration
  }

  /// A key.
  public func key(_ name: String) throws -> Key {
    let text = try string(name)
    guard let key = Key(text) else {
      throw TangorError(.invalidParameters, "'\(name)' must be a key: 32 lower-case hexadecimal digits.")
    }
    return key
  }

  /// An object, if given.
  public func optionalObject(_ name: String) throws -> JSONObject? {
    guard let value = self[name] else { return nil }
    guard let object = value.object else { throw wrong(name, "an object", value) }
    return object
  }

  private func wrong(_ name: String, _ wanted: String, _ value: JSONValue) -> TangorError {
    TangorError(.invalidParameters, "'\(name)' must be \(wanted); \(value.kindName) came.")
  }
}

extension Optional {
  fileprivate func orMissing(_ name: String) throws -> Wrapped {
    guard let self else { throw TangorError(.invalidParameters, "The parameter '\(name)' is missing.") }
    return self
  }
}

extension JSONValue {
  /// What kind of value it is, with its article, for messages.
  package var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer, .double, .bigNumber: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
