import TangorCore
import TangorJSON

/// Gives the messages of channels to the connections of one event loop, where all of it happens.
///
/// What comes in between two turns of the loop is read once, framed once, and written to each socket at once. A socket that takes no
/// more is left where it is; when it has room again it reads on in the channel's history, as its policy says.
final class ChannelRooms {
  private let registry: ChannelRegistry
  weak var loop: ChannelLoop?
  private var rooms: [ObjectIdentifier: ChannelRoom] = [:]
  private var wildcards = ChannelPatternTrie<ObjectIdentifier>()
  /// How many sessions have asked for a pattern.
  private var wildcardCounts: [ChannelPattern: Int] = [:]
  private var sessions: [ObjectIdentifier: ChannelSession] = [:]
  /// Frames that several members which stand apart may need in one turn.
  private var recent: [ChannelPosition: (messages: Int, frames: SharedFrames)] = [:]

  /// About how many bytes of messages go out in one write.
  private static let batch = 1 << 18

  init(_ registry: ChannelRegistry) { self.registry = registry }

  // MARK: Giving

  /// Gives a channel's new messages to its members.
  func deliver(_ channel: NamedChannel) {
    guard let loop, let room = room(of: channel) else { return }
    while true {
      switch channel.take(loop, after: room.position, bytes: Self.batch) {
      case .none:
        if channel.isRemoved { return forget(room) }
        return settle(room)
      case .reset(let epoch): room.position = ChannelPosition(epoch: epoch, offset: 0)
      case .gap(let next):
        for member in room.current { room.setApart(member, at: room.position) }
        room.position = ChannelPosition(epoch: room.position.epoch, offset: next - 1)
      case .messages(let messages, let hasMore):
        give(messages, to: room)
        // The rest has a turn of its own, so that other work of the loop comes in between.
        if hasMore { loop.wake(channel) }
        return settle(room)
      }
    }
  }

  private func give(_ messages: [StoredMessage], to room: ChannelRoom) {
    let before = room.position
    room.position = ChannelPosition(epoch: before.epoch, offset: before.offset + messages.count)
    guard !room.current.isEmpty else { return }
    let frames = SharedFrames(messages.map(\.notification))
    // Writing may let a socket take up reading, and what it reads may change who is a member.
    for member in room.current {
      guard case .current = member.place, !member.session.send(frames) else { continue }
      room.setApart(member, at: before)
      block(member)
    }
  }

  /// Lets those who stand apart come up, and sees to those who cannot.
  private func settle(_ room: ChannelRoom) {
    guard !room.apart.isEmpty else { return }
    for member in Array(room.apart.values) {
      if member.isBlocked { enforce(member) } else { advance(member) }
    }
    recent = [:]
  }

  /// Gives a member that stands apart what it misses, as far as its peer takes it.
  func advance(_ member: ChannelMember) {
    let room = member.room
    while member.place == .apart, !member.isHeld, !member.isBlocked {
      if member.position == room.position { return room.makeCurrent(member) }
      if member.mayConflate, member.policy == .latest {
        let newest = room.channel.latest.position
        member.position = ChannelPosition(epoch: newest.epoch, offset: max(0, newest.offset - 1))
        member.mayConflate = false
        if member.position == room.position { continue }
      }
      switch room.channel.read(after: member.position, bytes: Self.batch) {
      // It is ahead of the room, which will come to where it is.
      case .none: return
      case .reset(let epoch): member.position = ChannelPosition(epoch: epoch, offset: 0)
      case .gap(let next): miss(member, next: next)
      case .messages(let messages, _):
        // Beyond the room's position it would be given messages twice.
        let isAhead = member.position.epoch == room.position.epoch && member.position.offset > room.position.offset
        if isAhead { return }
        let reach = member.position.epoch == room.position.epoch ? room.position.offset - member.position.offset : messages.count
        let given = messages.prefix(reach)
        if member.session.send(frames(of: given, after: member.position)) {
          member.position = ChannelPosition(epoch: member.position.epoch, offset: member.position.offset + given.count)
        } else {
          block(member)
        }
      }
    }
  }

  private func frames(of messages: ArraySlice<StoredMessage>, after position: ChannelPosition) -> SharedFrames {
    if let known = recent[position], known.messages == messages.count { return known.frames }
    let frames = SharedFrames(messages.map(\.notification))
    if recent.count >= 16 { recent = [:] }
    recent[position] = (messages.count, frames)
    return frames
  }

  private func block(_ member: ChannelMember) {
    member.isBlocked = true
    member.mayConflate = true
    member.session.blocked.append(member)
    enforce(member)
  }

  /// Ends the connection of a member that waits, where its policy does not let it wait any longer.
  private func enforce(_ member: ChannelMember) {
    guard member.policy == .all || member.policy == .close else { return }
    switch member.room.channel.backlog(after: member.position) {
    case nil: miss(member, next: 0)
    case let bytes?:
      guard member.policy == .close, bytes > member.session.connection.limits.buffer else { return }
      member.session.close(.tryAgainLater, "the peer reads too slowly")
    }
  }

  /// Messages behind a member's position are kept no more.
  private func miss(_ member: ChannelMember, next: Int) {
    switch member.policy {
    case .all:
      leave(member)
      member.session.close(.messagesLost, "reads too slowly; messages were lost")
    case .close:
      leave(member)
      member.session.close(.tryAgainLater, "the peer reads too slowly")
    case .latest, .dropOldest:
      let before = ChannelPosition(epoch: member.position.epoch, offset: next - 1)
      if member.policy == .dropOldest {
        member.session.notify(ChannelAnswer.lost(member.room.channel.name, before, count: next - 1 - member.position.offset))
      }
      member.position = before
    }
  }

  /// Tells the members of a channel that somebody came or went.
  func tell(_ channel: NamedChannel, _ change: ChannelPresenceChange) {
    guard let room = rooms[ObjectIdentifier(channel)] else { return }
    let (notification, client) = ChannelAnswer.presence(channel.name, change)
    for member in room.members where member.wantsPresence && !member.isHeld && member.session.client.id != client {
      member.session.notify(notification)
    }
  }

  // MARK: Coming and going

  /// Begins to give channels to a session.
  ///
  /// - Parameters:
  ///   - patterns: Names and patterns.
  ///   - from: What the client has already, by channel.
  /// - Returns: Where it begins in each channel there is.
  /// - Throws: `forbidden`, `too_many_requests`; then everything is as before.
  func subscribe(
    _ session: ChannelSession, to patterns: [ChannelPattern], from: [ChannelName: ChannelPosition], options: SubscriptionOptions,
    givesLatest: Bool
  ) throws -> [ChannelStart] {
    for name in patterns.compactMap(\.name) where !registry.settings(for: name).clientsMaySubscribe {
      throw TangorError.mayNotSubscribe(name)
    }
    let new = Set(patterns).subtracting(session.patterns)
    try session.connection.countSubscriptions(new.count)
    session.patterns.formUnion(new)
    sessions[ObjectIdentifier(session)] = session
    session.holds += 1
    let connection = session.connection
    connection.afterAnswer { [weak connection] in
      guard let session = connection?.session as? ChannelSession else { return }
      session.rooms.release(session)
    }
    var starts: [ChannelName: ChannelStart] = [:]
    do {
      for pattern in patterns {
        for start in try add(session, pattern, isNew: new.contains(pattern), from, options) { starts[start.name] = start }
      }
      let size = starts.values.reduce(0) { $0 + $1.name.text.utf8.count + ($1.latest?.notification.count ?? 0) }
      guard !givesLatest || size <= connection.limits.message else { throw ChannelAnswer.tooLarge }
    } catch {
      unsubscribe(session, from: Array(new))
      throw error
    }
    return starts.values.sorted { $0.name < $1.name }
  }

  private func add(
    _ session: ChannelSession, _ pattern: ChannelPattern, isNew: Bool, _ from: [ChannelName: ChannelPosition],
    _ options: SubscriptionOptions
  ) throws -> [ChannelStart] {
    guard let loop else { return [] }
    if let name = pattern.name {
      let (channel, position) = try registry.attach(loop, to: name)
      return [join(session, room(of: channel, position), from[name], options, isNamed: true)]
    }
    var starts: [ChannelStart] = []
    for (channel, position) in registry.attach(loop, to: pattern) {
      let room = room(of: channel, position)
      if channel.settings.clientsMaySubscribe {
        starts.append(join(session, room, from[channel.name], options, isNamed: false))
      } else if room.isEmpty {
        close(room)
      }
    }
    // Behind the channels that exist: rooms that are opened for them take in the sessions that waited for them before this one did.
    session.wildcards.removeAll { $0.pattern == pattern }
    session.wildcards.append((pattern, options))
    if isNew {
      wildcardCounts[pattern, default: 0] += 1
      wildcards.insert(ObjectIdentifier(session), for: pattern)
    }
    return starts
  }

  private func join(
    _ session: ChannelSession, _ room: ChannelRoom, _ from: ChannelPosition?, _ options: SubscriptionOptions, isNamed: Bool
  ) -> ChannelStart {
    if let member = session.members[room.channel.name], member.room === room {
      (member.policy, member.wantsPresence) = (options.policy, options.wantsPresence)
      if isNamed { room.name(member) }
      if room.channel.settings.hasPresence { room.channel.join(session.client) }
      let position = if case .current = member.place { room.position } else { member.position }
      return room.channel.start(from: from).continuing(at: position, from: from)
    }
    let start = room.channel.start(from: from)
    enter(ChannelMember(session, in: room, position: start.position, options: options, isNamed: isNamed, isHeld: true))
    return start
  }

  private func enter(_ member: ChannelMember) {
    let channel = member.room.channel
    if let old = member.session.members.updateValue(member, forKey: channel.name) { old.room.remove(old) }
    member.room.add(member)
    if channel.settings.hasPresence { channel.join(member.session.client) }
  }

  /// The answer to a subscription is on its way: its members may be given messages.
  private func release(_ session: ChannelSession) {
    session.holds -= 1
    guard session.holds == 0 else { return }
    for member in session.members.values where member.isHeld {
      member.isHeld = false
      advance(member)
    }
    recent = [:]
  }

  /// Ends subscriptions by their names and patterns; those that are none are passed over.
  func unsubscribe(_ session: ChannelSession, from patterns: [ChannelPattern]) {
    for pattern in patterns where session.patterns.remove(pattern) != nil {
      // Giving back never fails.
      try? session.connection.countSubscriptions(-1)
      if let name = pattern.name {
        guard let member = session.members[name] else { continue }
        if session.wildcards.contains(where: { $0.pattern.matches(name) }) {
          if member.room.unname(member), let loop { registry.release(loop, from: member.room.channel, stays: true) }
        } else {
          leave(member)
        }
      } else {
        if session.wildcards.contains(where: { $0.pattern == pattern }) { dropWildcard(session, pattern) }
        session.wildcards.removeAll { $0.pattern == pattern }
        for (name, member) in session.members where pattern.matches(name) && !member.isNamed {
          if !session.wildcards.contains(where: { $0.pattern.matches(name) }) { leave(member) }
        }
      }
    }
    if session.patterns.isEmpty { sessions[ObjectIdentifier(session)] = nil }
  }

  private func dropWildcard(_ session: ChannelSession, _ pattern: ChannelPattern) {
    wildcards.remove(ObjectIdentifier(session), for: pattern)
    wildcardCounts[pattern, default: 1] -= 1
    guard wildcardCounts[pattern] == 0 else { return }
    wildcardCounts[pattern] = nil
    if let loop { registry.detach(loop, from: pattern) }
  }

  /// The connection of a session has gone.
  func end(_ session: ChannelSession) {
    for (pattern, _) in session.wildcards { dropWildcard(session, pattern) }
    for member in Array(session.members.values) { leave(member) }
    session.wildcards = []
    session.patterns = []
    session.blocked = []
    sessions[ObjectIdentifier(session)] = nil
  }

  private func leave(_ member: ChannelMember) {
    let room = member.room
    let wasNamed = room.unname(member)
    room.remove(member)
    if member.session.members[room.channel.name] === member { member.session.members[room.channel.name] = nil }
    room.channel.leave(member.session.client.id)
    if room.isEmpty {
      close(room)
    } else if wasNamed, let loop {
      registry.release(loop, from: room.channel, stays: true)
    }
  }

  // MARK: Rooms

  private func close(_ room: ChannelRoom) {
    rooms[ObjectIdentifier(room.channel)] = nil
    if let loop { registry.release(loop, from: room.channel, stays: false) }
  }

  /// The channel is no more.
  private func forget(_ room: ChannelRoom) {
    for member in room.members {
      room.remove(member)
      if member.session.members[room.channel.name] === member { member.session.members[room.channel.name] = nil }
    }
    close(room)
  }

  /// The room of a channel that woke the loop; nil when nobody here is in it.
  private func room(of channel: NamedChannel) -> ChannelRoom? {
    if let known = rooms[ObjectIdentifier(channel)] { return known }
    guard let loop, !channel.isRemoved, let position = channel.position(of: loop) else { return nil }
    let made = room(of: channel, position)
    guard made.isEmpty else { return made }
    close(made)
    return nil
  }

  /// The room of a channel from which the loop takes. A new room takes in those whose patterns match.
  private func room(of channel: NamedChannel, _ position: ChannelPosition) -> ChannelRoom {
    if let known = rooms[ObjectIdentifier(channel)] { return known }
    let room = ChannelRoom(channel, position: position)
    rooms[ObjectIdentifier(channel)] = room
    guard channel.settings.clientsMaySubscribe else { return room }
    for id in wildcards.values(matching: channel.name) {
      guard let session = sessions[id], let options = session.wildcards.last(where: { $0.pattern.matches(channel.name) })?.options
      else { continue }
      let member = ChannelMember(session, in: room, position: position, options: options, isNamed: false, isHeld: session.holds > 0)
      enter(member)
      advance(member)
    }
    return room
  }
}
