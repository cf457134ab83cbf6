import Hummingbird
import NIOCore
package import TangorCore
package import TangorServing

/// The settings of the relays between pages and programs.
package struct RelayConfiguration: Sendable {
  /// The largest WebSocket message in either direction; a larger one closes the socket with 1009. Default 64 MiB.
  package var maximumMessageSize = ByteSize.mebibytes(64)
  /// Origins whose pages may connect beside the server's own, as in `https://example.org`; `*` allows all. Default none.
  package var origins: [String] = []
  /// How long nothing may come from a page before it is sent a ping. Programs are not pinged: they may compute for minutes. Default 20 s.
  package var pingInterval = Duration.seconds(20)
  /// How long a pong may take before the page's socket is closed with 4408. Default 20 s.
  package var pingTimeout = Duration.seconds(20)
  /// How long a closing handshake may take before the connection is reset. Default 5 s.
  package var closeTimeout = Duration.seconds(5)
  /// How long a program may take to accept a connection and to answer its WebSocket handshake. Default 30 s.
  package var connectTimeout = Duration.seconds(30)
  /// How long the relay waits for news of the program's end once the program has dropped a socket, and for the last bytes of a program
  /// that has ended. Default 500 ms.
  package var settleTime = Duration.milliseconds(500)
  /// How long a program may send nothing of an answer that is relayed over HTTP. Default 60 s.
  package var responseTimeout = Duration.seconds(60)
  /// Whether the server itself speaks TLS. Default false.
  package var isSecure = false
  /// The proxies whose word about a client's scheme and host is passed on to programs. Default none.
  package var proxies = TrustedProxies()

  /// The defaults.
  package init() {}

  /// How a client reached the server.
  func address(of request: Request, on channel: any Channel) -> PublicAddress {
    PublicAddress(
      of: request, from: Client(address: channel.remoteAddress?.ipAddress ?? "unknown"), isSecure: isSecure, proxies: proxies)
  }
}
