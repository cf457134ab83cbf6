import Synchronization
import Tangor

/// A whiteboard that many pages share.
///
/// The server keeps the picture. Each change is published to `whiteboard/board` under the same lock that makes it, so that a
/// ``snapshot()`` names exactly the place in that channel behind which a page goes on. While a line is being drawn its pages tell one
/// another by `whiteboard/strokes`, which the server only passes on.
final class Whiteboard: Sendable {
  private struct State {
    var picture: WhiteboardPicture
    var position: ChannelPosition
  }

  /// Counts the changes.
  let revision = TrackedValue(0)
  private let publish: @Sendable (WhiteboardChange) throws -> ChannelPosition
  private let state: Mutex<State>

  /// - Parameters:
  ///   - limits: What the board holds and takes.
  ///   - publish: Publishes a change and tells its place; it is called in the order of the changes.
  /// - Throws: What publishing throws.
  init(limits: WhiteboardLimits = WhiteboardLimits(), publish: @escaping @Sendable (WhiteboardChange) throws -> ChannelPosition) throws {
    self.publish = publish
    // A first message, so that there is a place to go on from before anything was drawn.
    let position = try publish(WhiteboardChange(cleared: true))
    state = Mutex(State(picture: WhiteboardPicture(limits: limits), position: position))
  }

  /// The whole picture, and the place in `whiteboard/board` where it stands.
  func snapshot() -> WhiteboardSnapshot {
    let state = state.withLock { $0 }
    return WhiteboardSnapshot(
      epoch: state.position.epoch.description, offset: state.position.offset, limits: state.picture.limits,
      strokes: state.picture.strokes)
  }

  /// Puts a stroke on top.
  ///
  /// - Throws: `invalid_parameters` when it breaks a rule.
  func add(_ stroke: Stroke) throws { try change { try $0.add(stroke) } }

  /// Takes the last stroke of a client away.
  ///
  /// - Returns: Whether it had one.
  func undo(_ client: String) throws -> Bool {
    try Stroke.check(name: client, "client")
    return try change { $0.undo(client) }
  }

  /// Takes everything away.
  ///
  /// - Returns: Whether there was anything.
  func clear() throws -> Bool { try change { $0.clear() } }

  @discardableResult
  private func change(_ body: (inout WhiteboardPicture) throws -> WhiteboardChange?) throws -> Bool {
    try state.withLock { state in
      var picture = state.picture
      guard let change = try body(&picture) else { return false }
      // What could not be told has not happened.
      state.position = try publish(change)
      state.picture = picture
      revision.value += 1
      return true
    }
  }
}

extension Whiteboard: LiveObject {
  static let interface = Interface<Whiteboard>("A whiteboard that many pages share.") {
    Property("revision", tracked: \.revision, doc: "Counts the changes.").readOnly()
    Method("snapshot", doc: "The whole picture, and the place in the channel whiteboard/board where it stands.") { (it: Whiteboard) in
      it.snapshot()
    }
    Method("add", parameters: [.init("stroke", label: "_", doc: "id, client, colour, width and points.")], doc: "Puts a stroke on top.") {
      (it: Whiteboard, stroke: Stroke) in try it.add(stroke)
    }
    Method("undo", parameters: [.init("client", label: "_")], doc: "Takes the last stroke of a client away, and says whether it had one.") {
      (it: Whiteboard, client: String) in try it.undo(client)
    }
    Method("clear", doc: "Takes everything away, and says whether there was anything.") { (it: Whiteboard) in try it.clear() }
  }
}

extension TangorApp {
  func addWhiteboard() throws {
    // The server's own word comes first: what it publishes is not for clients to publish.
    for name in ["board", "revision"] { try channels.add(rule: ChannelRule("whiteboard/\(name)", history: 500)) }
    let lines = ChannelRule(
      "whiteboard/#", clientsMayPublish: true, presence: true, history: 100, historySize: .kibibytes(256), messageSize: .kibibytes(8))
    try channels.add(rule: lines)
    let board = try Whiteboard { [channels] change in try channels.publish("whiteboard/board", change) }
    try objects.expose(board, as: "whiteboard", options: .init(channelPrefix: "whiteboard/"))
  }
}
