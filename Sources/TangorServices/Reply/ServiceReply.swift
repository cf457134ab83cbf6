public import HTTPTypes
public import Hummingbird
import NIOCore
import TangorCore
public import TangorJSON
public import TangorStreams

/// What a service answers.
///
/// ```swift
/// try services.add("/sum") { request in
///   .json(try request.query("a", as: Int.self) + request.query("b", as: Int.self))
/// }
/// ```
public struct ServiceReply: Sendable {
  enum Content: Sendable {
    case json(JSONFragment)
    case bytes(ByteBuffer, type: String)
    case redirect(String)
    case file(String, type: String?)
    case body(type: String, length: Int?, @Sendable (inout any ResponseBodyWriter) async throws -> Void)
    case operations(type: String, @Sendable () -> any Coroutine)
    case stream(StreamSource)
    case empty

    /// Whether it is written piece by piece, after the service has returned.
    var isWritten: Bool {
      switch self {
      case .body, .operations: true
      default: false
      }
    }
  }

  let content: Content
  private(set) var status: HTTPResponse.Status
  private(set) var headers = HTTPFields()

  private init(_ content: Content, status: HTTPResponse.Status = .ok) {
    self.content = content
    self.status = status
  }

  // MARK: Values

  /// A value as JSON.
  ///
  /// - Throws: `EncodingError` when it has no JSON form.
  public static func json<Value: Encodable>(_ value: Value) throws -> Self { Self(.json(try JSONFragment(encoding: value))) }

  /// A value as JSON.
  public static func json<Value: JSONWritable>(_ value: Value) -> Self { Self(.json(JSONFragment(value))) }

  /// A value as JSON.
  public static func json<Value: Encodable & JSONWritable>(_ value: Value) -> Self { Self(.json(JSONFragment(value))) }

  /// Text.
  ///
  /// - Parameter type: The media type.
  public static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> Self {
    Self(.bytes(ByteBuffer(string: text), type: type))
  }

  /// Bytes.
  ///
  /// - Parameter type: The media type.
  public static func bytes(_ bytes: some Sequence<UInt8>, type: String = "application/octet-stream") -> Self {
    Self(.bytes(ByteBuffer(bytes: bytes), type: type))
  }

  /// Nothing: 204.
  public static var empty: Self { Self(.empty, status: .noContent) }

  // MARK: Elsewhere

  /// A redirect.
  ///
  /// - Parameters:
  ///   - location: Where to: a URL, or a path relative to the request's.
  ///   - status: 303 by default.
  public static func redirect(to location: String, status: HTTPResponse.Status = .seeOther) -> Self {
    Self(.redirect(location), status: status)
  }

  /// A file, with conditional and range requests.
  ///
  /// - Parameters:
  ///   - path: The file's path on this machine.
  ///   - type: The media type; from the name by default.
  public static func file(_ path: String, type: String? = nil) -> Self { Self(.file(path, type: type)) }

  // MARK: Streams

  /// A body that is written piece by piece, as fast as the client reads.
  ///
  /// - Parameters:
  ///   - type: The media type.
  ///   - length: The length in bytes, where it is known.
  ///   - write: Writes the body. What it throws breaks the connection, so that the client sees that the body is not whole.
  public static func body(
    type: String, length: Int? = nil, _ write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
  ) -> Self { Self(.body(type: type, length: length, write)) }

  static func operations(type: String, erased make: @escaping @Sendable () -> any Coroutine) -> Self {
    Self(.operations(type: type, make))
  }

  /// A keyed stream: the answer is `{"key": …}`, and the values are pulled by that key.
  public static func stream(_ source: StreamSource) -> Self { Self(.stream(source)) }

  // MARK: Changes

  /// The same reply with another status.
  public func status(_ status: HTTPResponse.Status) -> Self {
    var reply = self
    reply.status = status
    return reply
  }

  /// The same reply with one header more.
  public func header(_ name: HTTPField.Name, _ value: String) -> Self {
    var reply = self
    reply.headers.append(HTTPField(name: name, value: value))
    return reply
  }
}
