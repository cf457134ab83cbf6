import HTTPTypes
public import Hummingbird
public import Logging
import NIOCore
import TangorCore
public import TangorJSON
public import TangorServing

/// What a service is called with: the path's elements, query, headers and body, with typed access.
///
/// Every getter throws `invalid_parameters` with a sentence that names the parameter, what is wanted and what came.
public struct ServiceRequest: Sendable {
  /// The method, as in `GET`.
  public let method: String
  /// The path below the base path, decoded.
  public let path: String
  /// The elements of the path behind a trailing `**`, decoded.
  public let rest: [String]
  /// The headers; empty for calls on the live connection.
  public let headers: HTTPFields
  /// Who calls.
  public let client: Client
  /// The request's id, which stands in the log and in the answer.
  public let requestID: String
  /// The logger, which carries the request's id.
  public let logger: Logger
  /// The body as it arrives. For calls on the live connection, the JSON of their arguments.
  ///
  /// A body is read once: ``bytes()`` and what builds on it give what was not taken here before, and keep it.
  public let input: RequestInput
  let elements: [String: String]
  let query: FormFields
  /// The most bytes of the body that may be held at once.
  let bodyLimit: ByteSize
  /// The arguments of a live call, which has them instead of a body.
  var liveArguments: JSONObject?

  init(
    method: String, path: String, rest: [String], elements: [String: String], headers: HTTPFields, query: FormFields,
    input: RequestInput, bodyLimit: ByteSize = .mebibytes(1_024), client: Client, requestID: String, logger: Logger
  ) {
    self.method = method
    self.path = path
    self.rest = rest
    self.elements = elements
    self.headers = headers
    self.query = query
    self.input = input
    self.bodyLimit = bodyLimit
    self.client = client
    self.requestID = requestID
    self.logger = logger
  }

  // MARK: Path

  /// An element of the path, by its name in the pattern.
  ///
  /// - Throws: `invalid_parameters` when it is not of the type, `internal_error` when the pattern has no such name.
  public func path<Value: LosslessStringConvertible>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
    guard let text = elements[name] else {
      throw TangorError(.internalError, "The service asked for an element of the path that its pattern does not have.")
    }
    return try Self.convert(text, name, type)
  }

  /// An element of the path as text, by its name in the pattern.
  ///
  /// - Throws: `internal_error` when the pattern has no such name.
  public func path(_ name: String) throws -> String { try path(name, as: String.self) }

  // MARK: Query

  /// A parameter of the query, or of the arguments of a live call.
  ///
  /// - Throws: `invalid_parameters` when it is missing, given more than once, or not of the type.
  public func query<Value: LosslessStringConvertible>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
    guard let value = try optionalQuery(name, as: type) else {
      throw TangorError(.invalidParameters, "The parameter '\(name)' is missing: \(Self.phrase(type)) is needed.")
    }
    return value
  }

  /// A parameter of the query, or a value for where it is absent.
  ///
  /// - Throws: `invalid_parameters` when it is given more than once, or not of the type.
  public func query<Value: LosslessStringConvertible>(_ name: String, default value: Value) throws -> Value {
    try optionalQuery(name, as: Value.self) ?? value
  }

  /// A parameter of the query, if given.
  ///
  /// - Throws: `invalid_parameters` when it is given more than once, or not of the type.
  public func optionalQuery<Value: LosslessStringConvertible>(_ name: String, as type: Value.Type = Value.self) throws -> Value? {
    let values = texts(name)
    guard values.count <= 1 else {
      throw TangorError(.invalidParameters, "The parameter '\(name)' is given \(values.count) times; one is wanted.")
    }
    return try values.first.map { try Self.convert($0, name, type) }
  }

  /// All values of a parameter that may be given more than once.
  ///
  /// - Throws: `invalid_parameters` when one is not of the type.
  public func queryValues<Value: LosslessStringConvertible>(_ name: String, as type: Value.Type = Value.self) throws -> [Value] {
    try texts(name).map { try Self.convert($0, name, type) }
  }

  /// A parameter of the query as text.
  ///
  /// - Throws: `invalid_parameters` when it is missing or given more than once.
  public func query(_ name: String) throws -> String { try query(name, as: String.self) }

  /// A parameter of the query as text, if given.
  ///
  /// - Throws: `invalid_parameters` when it is given more than once.
  public func optionalQuery(_ name: String) throws -> String? { try optionalQuery(name, as: String.self) }

  /// All values of a parameter as texts.
  public func queryValues(_ name: String) -> [String] { texts(name) }

  /// The texts of a parameter, from the query and from a live call's arguments.
  private func texts(_ name: String) -> [String] {
    guard let value = liveArguments?[name], !value.isNull else { return query.values(name) }
    return query.values(name) + (value.array ?? [value]).map { $0.string ?? $0.description }
  }

  // MARK: Arguments

  /// All arguments: the query's and, where there is a body, the members of its JSON object or the fields of its form. A name that is
  /// given more than once has an array.
  ///
  /// - Throws: `invalid_parameters`, `unsupported_media_type`, `payload_too_large`.
  public func arguments() async throws -> JSONObject {
    var merged = JSONObject()
    func add(_ name: String, _ value: JSONValue) {
      switch merged[name] {
      case nil: merged[name] = value
      case .array(let values): merged[name] = .array(values + [value])
      case let present?: merged[name] = .array([present, value])
      }
    }
    for (name, value) in query.fields { add(name, .string(value)) }
    if let liveArguments {
      for (name, value) in liveArguments { add(name, value) }
      return merged
    }
    guard try await hasBody else { return merged }
    switch mediaType {
    case "application/x-www-form-urlencoded":
      for (name, value) in try await formFields().fields { add(name, .string(value)) }
    default:
      guard let object = try await json().object else {
        throw TangorError(.invalidParameters, "The body must be a JSON object whose members are the arguments.")
      }
      for (name, value) in object { add(name, value) }
    }
    return merged
  }

  static func convert<Value: LosslessStringConvertible>(_ text: String, _ name: String, _ type: Value.Type) throws -> Value {
    guard let value = Value(text) else {
      throw TangorError(.invalidParameters, "The parameter '\(name)' must be \(phrase(type)); '\(text.prefix(64))' came.")
    }
    return value
  }

  /// A type in words.
  private static func phrase(_ type: Any.Type) -> String {
    switch type {
    case is Bool.Type: "true or false"
    case is any UnsignedInteger.Type: "a whole number, 0 or more"
    case is any FixedWidthInteger.Type: "a whole number"
    case is any BinaryFloatingPoint.Type: "a number"
    case is String.Type, is Character.Type: "a text"
    default: "a value of the type \(type)"
    }
  }
}
