package import Hummingbird
package import NIOCore
import Synchronization
import TangorCore
package import TangorServing

/// Relays WebSockets to programs on this machine.
///
/// It is a tunnel of bytes that knows where frames end. Messages are neither put together nor unmasked, so text stays text, the
/// boundaries of messages stay where they are, and pings are answered by whom they are meant for. What the relay adds is the check of
/// origins, limits, an end that tells the page why, and pings of its own to silent pages.
///
/// Both connections live on the page's event loop. A side that takes nothing is not read for: about 300 KiB wait at most for each
/// direction, beside what the kernel holds.
package struct WebSocketRelay: Sendable {
  private let configuration: RelayConfiguration
  private let upgrade: WebSocketUpgrade

  /// - Parameters:
  ///   - configuration: The settings.
  ///   - sockets: Counts the sockets, and closes them with 1001 when the server goes down.
  package init(configuration: RelayConfiguration, sockets: WebSocketRegistry) {
    self.configuration = configuration
    var webSocket = WebSocketConfiguration()
    webSocket.origins = configuration.origins
    upgrade = WebSocketUpgrade(configuration: webSocket, sockets: sockets)
  }

  /// Answers a page's handshake, once the program has answered one of the relay's own.
  ///
  /// The program gets the headers of the page's request, but for `Authorization`, `Origin` and those of the connection.
  ///
  /// - Parameters:
  ///   - request: The page's handshake.
  ///   - channel: The page's connection.
  ///   - target: The program. The socket is attached to it from before the connection until its end.
  ///   - path: The program's path, with its query.
  ///   - passesCookies: Whether the program gets the page's cookies, because its own are among them.
  /// - Returns: The 101, with the subprotocol that the program chose.
  /// - Throws: `bad_gateway` when the program cannot be reached, refuses or has ended, `timeout` when it does not answer,
  ///   `upgrade_required`, `origin_refused` and `invalid_request` as ``WebSocketUpgrade`` does.
  package func response(
    to request: Request, channel: any Channel, target: any RelayTarget, path: String, passesCookies: Bool = false
  ) async throws -> Response {
    try await upgrade.response(to: request, channel: channel) { offered in
      let socket = RelaySocket(target: target, eventLoop: channel.eventLoop)
      guard target.attach(socket) else { throw TangorError(.badGateway, "The program has ended.") }
      do {
        let headers = ForwardedHeaders(
          request, channel: channel, leavingOut: passesCookies ? Self.handshakeNames : Self.handshakeNames.union(["cookie"]),
          address: configuration.address(of: request, on: channel),
          prefix: nil)
        let program = try await ProgramConnection.open(
          port: target.port, path: path, headers: headers, subprotocols: offered, on: channel.eventLoop, configuration: configuration)
        return successor(program, socket)
      } catch {
        socket.detach()
        throw socket.hasEnded ? TangorError(.badGateway, "The program has ended.", underlying: error) : error
      }
    }
  }

  private static let handshakeNames: Set<String> = [
    "origin", "content-length", "content-type", "sec-websocket-key", "sec-websocket-version", "sec-websocket-protocol",
    "sec-websocket-extensions", "sec-websocket-accept",
  ]

  private func successor(_ program: ProgramConnection, _ socket: RelaySocket) -> UpgradeSuccessor {
    UpgradeSuccessor(
      subprotocol: program.subprotocol,
      abandoned: {
        socket.detach()
        program.channel.close(promise: nil)
      },
      makeHandler: { [configuration] shared in
        let tunnel = RelayTunnel(program: program.leg.value, configuration: configuration, shared: shared) { socket.detach() }
        socket.begin(tunnel)
        return tunnel.page
      })
  }
}

/// A relayed socket as its program knows it.
private final class RelaySocket: RelayedSocket {
  private struct State {
    var target: (any RelayTarget)?
    var ending: CloseFrame?
    var tunnel: NIOLoopBound<RelayTunnel>?
  }

  private let eventLoop: any EventLoop
  private let state: Mutex<State>

  init(target: any RelayTarget, eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    state = Mutex(State(target: target))
  }

  /// Whether the program has ended.
  var hasEnded: Bool { state.withLock { $0.ending != nil } }

  func programEnded(_ code: WebSocketCloseCode, _ reason: String) {
    let close = CloseFrame(code, reason)
    let tunnel = state.withLock { state -> NIOLoopBound<RelayTunnel>? in
      guard state.ending == nil else { return nil }
      state.ending = close
      return state.tunnel
    }
    if let tunnel { eventLoop.execute { tunnel.value.programEnded(close) } }
  }

  /// Connects it with what does its work. Called on the event loop.
  func begin(_ tunnel: RelayTunnel) {
    let bound = NIOLoopBound(tunnel, eventLoop: eventLoop)
    let ending = state.withLock { state in
      state.tunnel = bound
      return state.ending
    }
    if let ending { tunnel.programEnded(ending) }
  }

  /// Leaves the program alone; once.
  func detach() {
    let target = state.withLock { state in
      state.tunnel = nil
      return state.target.take()
    }
    target?.detach(self)
  }
}
