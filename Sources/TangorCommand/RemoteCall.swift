import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import TangorJSON

/// Calls of a running server's methods through `POST /rpc`.
struct RemoteCall {
  /// The server's base address.
  let server: URL

  /// Bytes of an answer at the most.
  private static let maxAnswer = 16 * 1024 * 1024
  /// How long connecting and answering may take together.
  private static let patience = TimeAmount.seconds(30)

  /// What went wrong, in words for a person.
  struct Failure: Error, CustomStringConvertible {
    let description: String
    /// The stable code of an error that the server answered.
    var code: String?
  }

  /// Calls a method.
  ///
  /// - Parameters:
  ///   - method: Its name.
  ///   - parameters: By name.
  /// - Returns: Its result.
  /// - Throws: ``Failure`` when the server cannot be reached, is none of ours or refuses.
  func result(of method: String, _ parameters: JSONObject) async throws -> JSONValue {
    let request: JSONObject = ["jsonrpc": "2.0", "id": 1, "method": .string(method), "params": .object(parameters)]
    var writer = JSONWriter()
    writer.write(JSONValue.object(request))
    let (status, body) = try await post(writer.bytes)
    guard let answer = try? JSONValue(parsing: body) else {
      throw Failure(description: "\(server.absoluteString) answered with status \(status) and no JSON; is it a Tangor server?")
    }
    if let result = answer["result"] { return result }
    let error = answer["error"]
    let detail = error?["data"]?["detail"]?.string ?? error?["message"]?.string ?? answer["detail"]?.string
    throw Failure(
      description: detail ?? "\(server.absoluteString) answered with status \(status); is it a Tangor server?",
      code: error?["data"]?["code"]?.string)
  }

  private func post(_ body: [UInt8]) async throws -> (status: UInt, body: [UInt8]) {
    guard let host = server.host, !host.isEmpty else { throw Failure(description: "'\(server.absoluteString)' names no host.") }
    let isSecure = server.scheme?.lowercased() == "https"
    let port = server.port ?? (isSecure ? 443 : 80)
    do {
      let tls = isSecure ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
      let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connectTimeout(.seconds(10))
        .connect(host: host.trimmingCharacters(in: ["[", "]"]), port: port) { channel in
          channel.eventLoop.makeCompletedFuture {
            if let tls {
              // An address is no name that a certificate could be asked for.
              let name = (try? SocketAddress(ipAddress: host, port: port)) == nil ? host : nil
              try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
            }
            try channel.pipeline.syncOperations.addHTTPClientHandlers()
            try channel.pipeline.syncOperations.addHandler(NIOHTTPClientResponseAggregator(maxContentLength: Self.maxAnswer))
            try channel.pipeline.syncOperations.addHandler(IdleStateHandler(readTimeout: Self.patience))
            try channel.pipeline.syncOperations.addHandler(IdleCloser())
            return try NIOAsyncChannel<NIOHTTPClientResponseFull, HTTPClientRequestPart>(wrappingChannelSynchronously: channel)
          }
        }
      return try await exchange(body, on: connection, host: host, port: port, isSecure: isSecure)
    } catch let failure as Failure {
      throw failure
    } catch let error as NIOConnectionError {
      let first = error.connectionErrors.first.map {
        " (\(($0.error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\($0.error)"))"
      }
      throw Failure(
        description: "Nothing listens at \(server.absoluteString)\(first ?? ""). Start the server, or name another with --server.")
    } catch {
      throw Failure(
        description: "The server at \(server.absoluteString) cannot be reached. Start it, or name another with --server. (\(error))")
    }
  }

  private func exchange(
    _ body: [UInt8], on connection: NIOAsyncChannel<NIOHTTPClientResponseFull, HTTPClientRequestPart>, host: String, port: Int,
    isSecure: Bool
  ) async throws -> (status: UInt, body: [UInt8]) {
    let base = server.path(percentEncoded: true)
    let headers: HTTPHeaders = [
      "Host": port == (isSecure ? 443 : 80) ? host : "\(host):\(port)", "Content-Type": "application/json", "Accept": "application/json",
      "Content-Length": String(body.count), "Connection": "close",
    ]
    let uri = (base.hasSuffix("/") ? base : base + "/") + "rpc"
    return try await connection.executeThenClose { inbound, outbound in
      try await outbound.write(.head(HTTPRequestHead(version: .http1_1, method: .POST, uri: uri, headers: headers)))
      try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body))))
      try await outbound.write(.end(nil))
      for try await response in inbound {
        return (response.head.status.code, response.body.map { Array($0.readableBytesView) } ?? [])
      }
      throw Failure(description: "\(server.absoluteString) closed the connection without an answer; is it a Tangor server?")
    }
  }
}

/// Closes a connection on which nothing comes for too long.
private final class IdleCloser: ChannelInboundHandler {
  typealias InboundIn = NIOHTTPClientResponseFull

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }
}
