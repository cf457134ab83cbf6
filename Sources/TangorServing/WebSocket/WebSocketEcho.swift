/// Sends every message back as it came. For conformance tests and measurements.
package final class WebSocketEcho: WebSocketDelegate {
  package init() {}

  package func webSocketOpened(_ socket: WebSocketHandler) {}

  package func webSocket(_ socket: WebSocketHandler, received kind: WebSocketMessageKind, _ bytes: UnsafeRawBufferPointer) {
    // While the peer does not read its echoes, nothing more is read from it, so none need be dropped.
    _ = socket.send(kind, bytes, policy: .wait)
  }

  package func webSocketClosed(_ socket: WebSocketHandler, _ code: WebSocketCloseCode) {}
}
