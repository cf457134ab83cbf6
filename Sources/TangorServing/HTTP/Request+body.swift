import HTTPTypes
package import Hummingbird
package import NIOCore
package import TangorCore

extension Request {
  /// Reads the whole body.
  ///
  /// - Throws: `payload_too_large` as soon as it is known to be over the limit.
  package func collectBody(upTo limit: ByteSize) async throws -> ByteBuffer {
    let tooLarge = TangorError(.payloadTooLarge, "The body is larger than the \(limit) that are taken here.")
    if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit.bytes { throw tooLarge }
    do { return try await body.collect(upTo: limit.bytes) } catch is NIOTooManyBytesError { throw tooLarge }
  }
}

extension String {
  /// Whether a `Content-Type` names JSON: `application/json` or a type that ends in `+json`.
  package var isJSONMediaType: Bool {
    let type = prefix { $0 != ";" }.lowercased().filter { $0 != " " }
    return type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json"))
  }
}
