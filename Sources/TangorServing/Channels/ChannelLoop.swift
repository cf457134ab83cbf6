import NIOCore
import Synchronization
package import TangorCore

/// The channels of all live connections of one event loop. However many of them take from a channel, it wakes the loop once.
final class ChannelLoop: ChannelSink {
  private struct Dirty {
    var channels: [NamedChannel] = []
    var isScheduled = false
  }

  private let eventLoop: any EventLoop
  private let bound: NIOLoopBound<ChannelRooms>
  private let dirty = Mutex(Dirty())

  /// Call it on the event loop.
  init(_ registry: ChannelRegistry, eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    let rooms = ChannelRooms(registry)
    bound = NIOLoopBound(rooms, eventLoop: eventLoop)
    rooms.loop = self
  }

  /// What happens on the event loop.
  var rooms: ChannelRooms { bound.value }

  func wake(_ channel: NamedChannel) {
    let mustSchedule = dirty.withLock { dirty in
      dirty.channels.append(channel)
      defer { dirty.isScheduled = true }
      return !dirty.isScheduled
    }
    if mustSchedule { eventLoop.execute { self.deliver() } }
  }

  private func deliver() {
    let channels = dirty.withLock { dirty in
      defer { dirty = Dirty() }
      return dirty.channels
    }
    for channel in channels { bound.value.deliver(channel) }
  }

  func presenceChanged(_ channel: NamedChannel, _ change: ChannelPresenceChange) {
    eventLoop.execute { self.bound.value.tell(channel, change) }
  }
}

/// The loops of a server.
package final class ChannelLoops: Sendable {
  private let registry: ChannelRegistry
  private let loops = Mutex<[ObjectIdentifier: ChannelLoop]>([:])

  package init(_ registry: ChannelRegistry) { self.registry = registry }

  /// The channels of a connection. Call it on the connection's event loop.
  ///
  /// - Throws: `CancellationError` when the connection has gone.
  func session(of connection: LiveConnection) throws -> ChannelSession {
    if let session = connection.session as? ChannelSession { return session }
    let loop = loops.withLock { loops in
      if let known = loops[ObjectIdentifier(connection.eventLoop)] { return known }
      let made = ChannelLoop(registry, eventLoop: connection.eventLoop)
      loops[ObjectIdentifier(connection.eventLoop)] = made
      return made
    }
    let session = ChannelSession(connection, rooms: loop.rooms)
    try connection.begin(session)
    return session
  }
}
