import TangorCore

/// One connection in one channel: a position and no messages.
///
/// A member whose position is its room's shares that, and the room's writes; one that is behind or ahead stands apart with its own.
final class ChannelMember {
  enum Place: Equatable {
    case current(Int)
    case apart
    case gone
  }

  let session: ChannelSession
  let room: ChannelRoom
  var policy: ChannelPolicy
  /// Whether it is told of others who come and go.
  var wantsPresence: Bool
  /// Whether the channel was asked for by its name.
  var isNamed: Bool
  var place = Place.apart
  /// Behind which message it goes on, while it stands apart.
  var position: ChannelPosition
  /// Whether the answer to its subscription is not on its way yet.
  var isHeld: Bool
  /// Whether it waits for its peer to read.
  var isBlocked = false
  /// Whether it has waited and may skip to the latest message, if that is its policy.
  var mayConflate = false

  init(
    _ session: ChannelSession, in room: ChannelRoom, position: ChannelPosition, options: SubscriptionOptions, isNamed: Bool, isHeld: Bool
  ) {
    self.session = session
    self.room = room
    self.position = position
    self.isNamed = isNamed
    self.isHeld = isHeld
    policy = options.policy
    wantsPresence = options.wantsPresence
  }
}

/// How a connection wants a channel.
struct SubscriptionOptions: Sendable {
  var policy = ChannelPolicy.dropOldest
  var wantsPresence = false
}

/// One channel on one event loop.
final class ChannelRoom {
  let channel: NamedChannel
  /// Up to where the members that are current have been given the messages.
  var position: ChannelPosition
  private(set) var current: [ChannelMember] = []
  private(set) var apart: [ObjectIdentifier: ChannelMember] = [:]
  /// How many members asked for the channel by its name.
  private(set) var namedCount = 0

  init(_ channel: NamedChannel, position: ChannelPosition) {
    self.channel = channel
    self.position = position
  }

  var isEmpty: Bool { current.isEmpty && apart.isEmpty }
  var members: [ChannelMember] { current + Array(apart.values) }

  func add(_ member: ChannelMember) {
    member.place = .apart
    apart[ObjectIdentifier(member)] = member
    if member.isNamed { namedCount += 1 }
  }

  /// Lets a member share the room's position.
  func makeCurrent(_ member: ChannelMember) {
    guard member.place == .apart else { return }
    apart[ObjectIdentifier(member)] = nil
    member.place = .current(current.count)
    member.mayConflate = false
    current.append(member)
  }

  /// Lets a member go on by itself behind a position.
  func setApart(_ member: ChannelMember, at position: ChannelPosition) {
    guard take(member) else { return }
    member.position = position
    member.place = .apart
    apart[ObjectIdentifier(member)] = member
  }

  func remove(_ member: ChannelMember) {
    if !take(member) { apart[ObjectIdentifier(member)] = nil }
    if member.place != .gone, member.isNamed { namedCount -= 1 }
    member.place = .gone
  }

  /// - Returns: Whether the channel is needed by its name no more.
  func unname(_ member: ChannelMember) -> Bool {
    guard member.isNamed else { return false }
    member.isNamed = false
    namedCount -= 1
    return namedCount == 0
  }

  func name(_ member: ChannelMember) {
    guard !member.isNamed else { return }
    member.isNamed = true
    namedCount += 1
  }

  /// Takes a member out of those that are current; the last one gets its place.
  private func take(_ member: ChannelMember) -> Bool {
    guard case .current(let index) = member.place else { return false }
    current[index] = current[current.count - 1]
    current[index].place = .current(index)
    current.removeLast()
    return true
  }
}
