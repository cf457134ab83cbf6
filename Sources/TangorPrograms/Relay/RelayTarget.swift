package import TangorServing

/// A running program, as far as a relay needs to know it.
package protocol RelayTarget: AnyObject, Sendable {
  /// The port that it listens on, at 127.0.0.1.
  var port: Int { get }

  /// Has a socket told when the program ends.
  ///
  /// - Returns: False when it has ended already; the socket is told nothing then.
  func attach(_ socket: any RelayedSocket) -> Bool

  /// Takes ``attach(_:)`` back.
  func detach(_ socket: any RelayedSocket)
}

/// A page's WebSocket to a program.
package protocol RelayedSocket: AnyObject, Sendable {
  /// Closes the socket. May be called on any thread, and more than once.
  ///
  /// - Parameters:
  ///   - code: Why.
  ///   - reason: Why, for a person; at most 123 bytes of it are sent.
  func programEnded(_ code: WebSocketCloseCode, _ reason: String)
}
