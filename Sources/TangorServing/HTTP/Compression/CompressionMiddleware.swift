import HTTPTypes
public import Hummingbird
import NIOCore
import TangorCore

/// Compresses answers for clients that ask for it, with gzip or deflate, part by part: each reaches the client when it is written.
///
/// An application has it by its configuration (`compression.enabled`), and then its quick answers go out as they are. It may also be
/// added like any middleware; what is added behind it sees plain bodies.
///
/// It leaves alone what is encoded already, parts of files, media that are compressed by their nature, what says `no-transform`, and
/// what is known to be small. An `ETag` becomes a weak one, because the bytes are others.
public struct CompressionMiddleware<Context: RequestContext>: RouterMiddleware {
  private let configuration: CompressionConfiguration

  /// - Parameter configuration: Its level and the least size; that it is there enables it.
  public init(_ configuration: CompressionConfiguration = CompressionConfiguration()) { self.configuration = configuration }

  public func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    guard isCompressible(response, to: request.method) else { return response }
    response.headers.varyByEncoding()
    let field = request.headers[values: .acceptEncoding].joined(separator: ",")
    guard let coding = CodingWeights(parsing: field).accepted(BodyCoding.allCases, name: \.rawValue).first else { return response }
    if request.method != .head {
      let level = configuration.level
      let isLasting = response.headers.mediaType == "text/event-stream"
      response.body = ResponseBody { [body = response.body] writer in
        let deflater = BodyDeflater(coding, level: level, isLasting: isLasting)
        try await body.write(CompressingWriter(next: writer, deflater: deflater))
      }
    }
    response.headers[.contentEncoding] = coding.rawValue
    response.headers[.contentLength] = nil
    response.headers[.acceptRanges] = nil
    if let tag = response.headers[.eTag], !tag.hasPrefix("W/") { response.headers[.eTag] = "W/" + tag }
    return response
  }

  private func isCompressible(_ response: Response, to method: HTTPRequest.Method) -> Bool {
    switch response.status.code {
    case ..<200, 204, 205, 206, 304: return false
    default: break
    }
    let headers = response.headers
    guard headers[.contentEncoding] == nil, headers[.contentRange] == nil, let type = headers.mediaType, Self.isCompressible(type)
    else { return false }
    if headers[values: .cacheControl].contains(where: { $0.lowercased().contains("no-transform") }) { return false }
    let length = headers[.contentLength].flatMap { Int($0) } ?? (method == .head ? nil : response.body.contentLength)
    guard let length else { return true }
    return length > 0 && length >= configuration.minimumSize.bytes
  }

  /// Whether a media type is one whose content gets smaller.
  private static func isCompressible(_ type: String) -> Bool {
    if type.hasPrefix("text/") || type.hasSuffix("+json") || type.hasSuffix("+xml") { return true }
    switch type {
    case "application/json", "application/javascript", "application/xml", "application/x-ndjson", "application/wasm",
      "application/yaml", "application/manifest+json", "application/x-www-form-urlencoded", "font/ttf", "font/otf", "image/bmp":
      return true
    default: return false
    }
  }
}

/// Passes each part on in its compressed form.
private struct CompressingWriter: ResponseBodyWriter {
  var next: any ResponseBodyWriter
  let deflater: BodyDeflater

  mutating func write(_ buffer: ByteBuffer) async throws {
    guard buffer.readableBytes > 0 else { return }
    try await next.write(deflater.part(CollectionOfOne(buffer)))
  }

  mutating func write(contentsOf buffers: some Sequence<ByteBuffer>) async throws {
    let buffers = buffers.filter { $0.readableBytes > 0 }
    guard !buffers.isEmpty else { return }
    try await next.write(deflater.part(buffers))
  }

  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
    try await next.write(deflater.finish())
    try await next.finish(trailingHeaders)
  }
}

extension HTTPFields {
  /// The media type without parameters, in lower case.
  fileprivate var mediaType: String? { self[.contentType].map { $0.prefix { $0 != ";" }.lowercased().filter { $0 != " " } } }

  /// Says that the answer depends on `Accept-Encoding`.
  fileprivate mutating func varyByEncoding() {
    let names = self[values: .vary].flatMap { $0.split(separator: ",") }.map { $0.trimmed.lowercased() }
    guard !names.contains("*"), !names.contains("accept-encoding") else { return }
    append(HTTPField(name: .vary, value: "Accept-Encoding"))
  }
}
