import Hummingbird
import Logging
import NIOCore
import TangorCore
import TangorPrograms
import TangorServing

/// Relays every WebSocket to one port of this machine, so that the relay can be measured without what starts programs.
///
/// Usage: `Relay PORT PROGRAM-PORT`.
@main struct Relay {
  static func main() async throws {
    let ports = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    guard ports.count == 2 else { throw TangorError(.invalidParameters, "Give the port to listen on and the program's port.") }
    let logger = Logger(label: "relay") { StreamLogHandler.standardError(label: $0) }
    let sockets = WebSocketRegistry()
    let relay = WebSocketRelay(configuration: RelayConfiguration(), sockets: sockets)
    let target = FixedTarget(port: ports[1])
    let router = Router(context: TangorRequestContext.self)
    router.get("**") { request, context in
      try await relay.response(to: request, channel: context.channel, target: target, path: request.uri.string)
    }
    let http = HTTPServing(configuration: ServingConfiguration(), quick: nil, logger: logger, bodyTerms: nil)
    try await Application(
      responder: router.buildResponder(), server: http.server,
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: ports[0]), backlog: 1_024),
      services: [http.connections], logger: logger
    ).run()
  }
}

/// A program that somebody else has started and that never ends.
private final class FixedTarget: RelayTarget {
  let port: Int

  init(port: Int) { self.port = port }

  func attach(_ socket: any RelayedSocket) -> Bool { true }
  func detach(_ socket: any RelayedSocket) {}
}
