import HTTPTypes
public import NIOCore
import TangorCore
public import TangorJSON
import TangorServing

extension ServiceRequest {
  /// The whole body.
  ///
  /// - Throws: `payload_too_large`.
  public func bytes() async throws -> ByteBuffer { try await input.kept(upTo: bodyLimit) }

  /// The body as text.
  ///
  /// - Throws: `invalid_parameters` when it is not UTF-8, `payload_too_large`.
  public func text() async throws -> String {
    guard let text = String(validating: try await bytes().readableBytesView, as: UTF8.self) else {
      throw TangorError(.invalidParameters, "The body is not valid UTF-8.")
    }
    return text
  }

  /// The body as a JSON value.
  ///
  /// - Throws: `parse_error`, `unsupported_media_type`, `payload_too_large`.
  public func json() async throws -> JSONValue {
    try requireJSON()
    let bytes = try await bytes()
    do { return try JSONValue(parsing: bytes.readableBytesView) } catch let error as JSONError {
      throw TangorError(.parseError, "The body is not JSON: \(error)")
    }
  }

  /// The body's JSON as a value of a type.
  ///
  /// - Throws: `parse_error`, `invalid_parameters` where the JSON does not fit the type, `unsupported_media_type`, `payload_too_large`.
  public func json<Value: Decodable>(as type: Value.Type) async throws -> Value {
    try requireJSON()
    let bytes = Array(try await bytes().readableBytesView)
    do { return try JSONDecoding.decode(type, from: bytes) } catch let error as JSONError {
      throw TangorError(.parseError, "The body is not JSON: \(error)")
    } catch let error as DecodingError {
      throw TangorError(.invalidParameters, error.publicSentence, underlying: error)
    }
  }

  /// The fields of a form body (`application/x-www-form-urlencoded`), in their order.
  ///
  /// - Throws: `unsupported_media_type` for another type, `invalid_parameters` for broken encoding, `payload_too_large`.
  public func form() async throws -> [(name: String, value: String)] { try await formFields().fields }

  func formFields() async throws -> FormFields {
    guard mediaType == "application/x-www-form-urlencoded" else {
      throw TangorError(.unsupportedMediaType, "A form must come as application/x-www-form-urlencoded.")
    }
    guard let fields = FormFields(parsing: try await text()) else {
      throw TangorError(.invalidParameters, "The form is not valid percent-encoded UTF-8.")
    }
    return fields
  }

  /// The body's media type without parameters, in lower case; nil where the request names none.
  var mediaType: String? {
    headers[.contentType].map { $0.prefix { $0 != ";" }.lowercased().filter { $0 != " " } }
  }

  var hasBody: Bool {
    get async throws { try await bytes().readableBytes > 0 }
  }

  private func requireJSON() throws {
    guard let type = mediaType else { return }
    guard type == "application/json" || type.hasSuffix("+json") else {
      throw TangorError(.unsupportedMediaType, "The body must be JSON (application/json) here; '\(type.prefix(64))' came.")
    }
  }
}

extension DecodingError {
  /// What does not fit, for the client.
  fileprivate var publicSentence: String {
    func place(_ context: Context) -> String {
      let steps = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }
      let path = steps.joined(separator: "").drop { $0 == "." }
      return path.isEmpty ? "The body" : "'\(path)' of the body"
    }
    switch self {
    case .keyNotFound(let key, let context): return "\(place(context)) lacks the member '\(key.stringValue)'."
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      return "\(place(context)) does not fit: \(context.debugDescription)"
    @unknown default: return "The body does not fit what is wanted."
    }
  }
}
