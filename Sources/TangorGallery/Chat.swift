import HTTPTypes
import Tangor

/// A chat room: what is said is published to the channel `chat/room`, where live connections hear it, and is fetched by long polls from
/// clients that have no WebSocket.
struct Chat: Sendable {
  static let channel = "chat/room"
  /// The longest time that a poll waits.
  static let longestWait = Duration.seconds(30)

  let channels: ChannelRegistry

  /// What somebody said.
  struct Line: Codable, Sendable {
    var name: String
    var text: String

    /// - Throws: `invalid_parameters` for a name or a text that is empty, too long or not text for people.
    init(name: String, text: String) throws {
      self.name = try Self.check(name, "name", characters: 30)
      self.text = try Self.check(text, "text", characters: 1_000)
    }

    private static func check(_ text: String, _ what: String, characters: Int) throws -> String {
      let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F || $0 == "\n" && what == "text" }
      // Bytes are bounded too: one character may have any number of them.
      guard isPlain, (1...characters).contains(text.count), text.utf8.count <= 4 * characters, !text.allSatisfy(\.isWhitespace) else {
        throw TangorError(.invalidParameters, "The \(what) of a line has 1 to \(characters) characters, none of them a control character.")
      }
      return text
    }
  }

  /// The answer to a poll.
  struct Heard: Encodable, Sendable {
    var lines: [Line]
    /// The position to give as `after` next time.
    var after: String?
    /// Whether lines are missing before these, because the client was away for too long or the room began anew.
    var missed: Bool
  }

  /// Says a line to all.
  func say(_ line: Line) throws -> String { try channels.publish(Self.channel, line).description }

  /// The lines behind a position; the held ones at once, else the next, as soon as there is one or the time is over.
  func hear(after: ChannelPosition?, wait: Duration) async throws -> Heard {
    // Listening begins before the look at what there is, so that no line falls between the two.
    let coming = try channels.messages(in: Self.channel)
    let heard = try lines(after: after)
    guard heard.lines.isEmpty, wait > .zero else { return heard }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { for await _ in coming { return } }
      group.addTask { try? await Task.sleep(for: wait) }
      await group.next()
      group.cancelAll()
    }
    return try lines(after: after)
  }

  private func lines(after: ChannelPosition?) throws -> Heard {
    guard let history = try channels.history(Self.channel, after: after) else {
      return Heard(lines: [], after: after?.description, missed: false)
    }
    return Heard(
      lines: try history.messages.map { try $0.decode(Line.self) }, after: history.position.description,
      missed: after != nil && !history.isComplete)
  }
}

extension TangorApp {
  func addChat() throws {
    // Pages may listen, and are told who is there; only the service speaks, so that every line was checked.
    try channels.add(rule: ChannelRule("chat/#", presence: true, history: 100, historySize: .kibibytes(256), messageSize: .kibibytes(16)))
    let chat = Chat(channels: channels)
    // A first line, so that there is a place to go on from before anybody spoke.
    _ = try chat.say(Chat.Line(name: "Tangor", text: "The room is open."))
    try services.add("/chat/say", methods: ["POST"], options: .init(summary: "Says `text` in the chat room, as `name`.")) { request in
      let arguments = try await request.arguments()
      guard let name = arguments["name"]?.string, let text = arguments["text"]?.string else {
        throw TangorError(.invalidParameters, "A line has a 'name' and a 'text'.")
      }
      return .json(JSONValue.object(["after": .string(try chat.say(Chat.Line(name: name, text: text)))]))
    }
    try services.add("/chat/hear", methods: ["GET"], options: .init(summary: "Waits for lines of the chat room: a long poll.")) { request in
      let (after, wait) = (try request.optionalQuery("after"), try request.query("wait", default: "10s"))
      guard let length = Duration(parsing: wait), length <= Chat.longestWait else {
        throw TangorError(.invalidParameters, "The parameter 'wait' is a duration up to \(Chat.longestWait.unitDescription).")
      }
      let position = after.flatMap { ChannelPosition($0) }
      guard after == nil || position != nil else {
        throw TangorError(.invalidParameters, "The parameter 'after' is a position as an earlier answer gave it.")
      }
      return try .json(try await chat.hear(after: position, wait: length)).header(.cacheControl, "no-store")
    }
  }
}
