package import NIOCore

/// What a connection is handed to when its client has upgraded it.
package protocol UpgradedHandler: ChannelHandler, RemovableChannelHandler {
  /// HTTP's handlers are gone, and what the client had sent behind its handshake has been passed on, outside a turn of reading. Before
  /// this call nothing may be written.
  func handedOver()
}

/// A handler that takes an upgraded connection over, and what the 101 says of it.
package struct UpgradeSuccessor: Sendable {
  /// The subprotocol that was chosen of those that the client offers.
  let subprotocol: String?
  /// The extensions that were agreed upon.
  let extensions: String?
  /// Called when the connection did not change hands after all, on any thread.
  let abandoned: @Sendable () -> Void
  /// Makes the handler; called once, on the connection's event loop.
  let makeHandler: @Sendable (_ shared: WebSocketEventLoop) -> any UpgradedHandler

  package init(
    subprotocol: String?, extensions: String? = nil, abandoned: @escaping @Sendable () -> Void = {},
    makeHandler: @escaping @Sendable (_ shared: WebSocketEventLoop) -> any UpgradedHandler
  ) {
    self.subprotocol = subprotocol
    self.extensions = extensions
    self.abandoned = abandoned
    self.makeHandler = makeHandler
  }
}
