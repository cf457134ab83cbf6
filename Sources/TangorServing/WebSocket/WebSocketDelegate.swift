/// What an endpoint does with one WebSocket. All calls come on the socket's event loop and must be quick.
package protocol WebSocketDelegate: AnyObject {
  /// The handshake is done; messages may be sent.
  func webSocketOpened(_ socket: WebSocketHandler)
  /// A whole message has come; its bytes are valid during the call only.
  func webSocket(_ socket: WebSocketHandler, received kind: WebSocketMessageKind, _ bytes: UnsafeRawBufferPointer)
  /// Some room is free again in the buffer towards a peer that read slowly.
  func webSocketDrained(_ socket: WebSocketHandler)
  /// Messages were dropped for a peer that reads slowly.
  func webSocket(_ socket: WebSocketHandler, dropped count: Int)
  /// The connection has ended; nothing follows.
  func webSocketClosed(_ socket: WebSocketHandler, _ code: WebSocketCloseCode)
}

extension WebSocketDelegate {
  package func webSocketDrained(_ socket: WebSocketHandler) {}
  package func webSocket(_ socket: WebSocketHandler, dropped count: Int) {}
}

/// What happens to a message for a peer whose buffer is full.
public enum SlowReaderPolicy: Sendable, Hashable {
  /// The sender waits. On an event loop, where nobody can wait, nothing more is read from the peer meanwhile.
  case wait
  /// The oldest waiting messages that were sent with this policy make room.
  case dropOldest
  /// The connection is closed with 1013.
  case close
}
