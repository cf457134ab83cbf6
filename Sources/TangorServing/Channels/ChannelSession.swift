import NIOCore
import TangorCore
import TangorJSON

/// The channels of one live connection. Used on its event loop.
final class ChannelSession: LiveSession {
  let connection: LiveConnection
  let rooms: ChannelRooms
  /// Who the connection is in channels with presence.
  var client = ChannelClient(id: Key().description, info: nil)
  /// The names and patterns that were asked for.
  var patterns: Set<ChannelPattern> = []
  /// Those of them that have wildcards, in their order.
  var wildcards: [(pattern: ChannelPattern, options: SubscriptionOptions)] = []
  var members: [ChannelName: ChannelMember] = [:]
  /// Members that wait for room.
  var blocked: [ChannelMember] = []
  /// How many answers to subscriptions are not on their way yet.
  var holds = 0

  init(_ connection: LiveConnection, rooms: ChannelRooms) {
    self.connection = connection
    self.rooms = rooms
  }

  /// - Returns: Whether they were sent; otherwise ``drained()`` follows, or ``closed()``.
  func send(_ frames: SharedFrames) -> Bool { connection.openSocket?.send(frames) ?? false }

  /// Sends a notification of its own to this peer. One that does not even take these is let go.
  func notify(_ notification: [UInt8]) {
    guard let socket = connection.openSocket else { return }
    _ = notification.withUnsafeBytes { socket.send(.text, $0, policy: .close) }
  }

  func close(_ code: WebSocketCloseCode, _ reason: String) { connection.openSocket?.close(code, reason) }

  func drained() {
    let waiting = blocked
    blocked = []
    for member in waiting {
      member.isBlocked = false
      rooms.advance(member)
    }
  }

  func closed() { rooms.end(self) }
}
