import HTTPTypes
import Hummingbird
import NIOCore
import TangorCore
import TangorJSON
package import TangorServing

/// What the endpoints of programs have in common.
package struct ProgramDoor: Sendable {
  let registry: ProgramRegistry
  let basePath: String
  let origins: OriginPolicy
  let isSecure: Bool
  let proxies: TrustedProxies

  /// - Parameters:
  ///   - registry: The programs.
  ///   - basePath: The path below which the server serves.
  ///   - origins: Which pages may launch and end programs.
  ///   - isSecure: Whether the server itself speaks TLS.
  ///   - proxies: Whose word about the client's scheme and host is taken.
  package init(_ registry: ProgramRegistry, basePath: String, origins: OriginPolicy, isSecure: Bool, proxies: TrustedProxies) {
    self.registry = registry
    self.basePath = basePath
    self.origins = origins
    self.isSecure = isSecure
    self.proxies = proxies
  }

  var answer: ProgramAnswer { ProgramAnswer(basePath: basePath) }

  func address(_ request: Request, _ context: some ChannelRequestContext) -> PublicAddress {
    PublicAddress(of: request, from: context.client, isSecure: isSecure, proxies: proxies)
  }

  /// The program of a key as it stands in a path.
  func program(_ text: String) throws -> Program {
    guard let key = Key(text) else { throw TangorError.programNotFound(text) }
    return try registry.program(key)
  }

  /// Launches a program; it is ended again when the client goes before it is ready.
  func launch(_ kind: String, _ script: String?, _ fields: ProgramRequest, _ context: some ChannelRequestContext) async throws -> Program {
    let client = context.client
    return try await withCancellationOnDisconnect(channel: context.channel) { [registry] in
      try await registry.launch(kind: kind, script: script, arguments: fields.arguments, timeout: fields.timeout, client: client)
    }
  }

  /// What stands behind a prefix in the request's path, decoded.
  ///
  /// - Throws: `invalid_request` when it cannot be decoded.
  static func rest(of request: Request, behind prefix: String, basePath: String) throws -> String {
    let path = request.uri.path.utf8.dropFirst(basePath.utf8.count + prefix.utf8.count)
    guard let decoded = String(percentDecoding: path) else { throw TangorError(.invalidRequest, "The path is not percent-encoded UTF-8.") }
    return String(decoded.drop { $0 == "/" })
  }

  static func respond(_ body: JSONFragment) -> Response {
    Response(
      status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
      body: .init(byteBuffer: ByteBuffer(bytes: body.bytes)))
  }
}
