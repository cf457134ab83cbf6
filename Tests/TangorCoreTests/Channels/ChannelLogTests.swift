import TangorJSON
import TangorTesting
import Testing

@testable import TangorCore

@Suite struct ChannelLogTests {
  private func log(messages: Int = 3, bytes: Int = 1 << 20, backlog: Int = 0) throws -> ChannelLog {
    ChannelLog(
      try ChannelName("a/\"b"), epoch: ChannelEpoch(bits: 7), limits: ChannelLimits(messages: messages, bytes: bytes, backlog: backlog))
  }

  private func payload(_ number: Int) -> ChannelPayload { .json(JSONFragment(number)) }

  private func position(_ offset: Int) -> ChannelPosition { ChannelPosition(epoch: ChannelEpoch(bits: 7), offset: offset) }

  private func offsets(_ read: ChannelRead) -> [Int]? {
    guard case .messages(let messages, _) = read else { return nil }
    return messages.map(\.offset)
  }

  @Test func aMessageIsItsNotification() throws {
    var log = try log()
    log.append(.json(JSONFragment(unchecked: Array("[1, 2]".utf8))), held: .max)
    log.append(.binary([255, 0]), held: .max)
    let json = try #require(log.history(after: nil, limit: 9).messages.first)
    #expect(
      String(decoding: json.notification, as: UTF8.self)
        == #"{"jsonrpc":"2.0","method":"channel.message","params":{"channel":"a/\"b","epoch":"00000007","offset":1,"data":[1, 2]}}"#)
    #expect(String(decoding: json.parameters, as: UTF8.self) == #"{"channel":"a/\"b","epoch":"00000007","offset":1,"data":[1, 2]}"#)
    #expect(String(decoding: json.data, as: UTF8.self) == "[1, 2]")
    #expect(json.binary == nil)
    let binary = try #require(log.latest)
    #expect(String(decoding: binary.data, as: UTF8.self) == #""/wA=""#)
    #expect(binary.binary == [255, 0])
    #expect(try JSONValue(parsing: binary.notification)["params"]?["encoding"] == "base64")
  }

  @Test func keepsTheLatestWhateverTheLimits() throws {
    var log = try log(messages: 0, bytes: 0)
    #expect(log.first == 1)
    log.append(payload(1), held: .max)
    log.append(payload(2), held: .max)
    #expect(log.latest?.offset == 2)
    #expect(log.first == 2)
    #expect(log.size == log.latest?.size)
  }

  @Test func keepsWhatSubscribersHaveNotGotWithinTheBacklog() throws {
    var log = try log(messages: 1, backlog: 10_000)
    for number in 1...5 { log.append(payload(number), held: 2) }
    #expect(log.first == 3)
    log.trim(held: 4)
    #expect(log.first == 5)
    log = try self.log(messages: 1, bytes: 0, backlog: 400)
    for number in 1...50 { log.append(payload(number), held: 0) }
    #expect(log.size <= 400 && log.first > 40)
  }

  @Test func readsInBatches() throws {
    var log = try log(messages: 10)
    for number in 1...5 { log.append(payload(number), held: .max) }
    #expect(offsets(log.read(after: position(2), bytes: 1 << 20)) == [3, 4, 5])
    guard case .messages(let one, hasMore: true) = log.read(after: position(0), bytes: 1) else { throw Unexpected() }
    #expect(one.map(\.offset) == [1])
    guard case .none = log.read(after: position(5), bytes: 1) else { throw Unexpected() }
    guard case .none = log.read(after: position(9), bytes: 1) else { throw Unexpected() }
  }

  private struct Unexpected: Error {}

  @Test func saysWhenThereIsAGapOrAnotherEpoch() throws {
    var log = try log(messages: 2)
    for number in 1...5 { log.append(payload(number), held: .max) }
    guard case .gap(next: 4) = log.read(after: position(2), bytes: 1) else { throw Unexpected() }
    #expect(log.backlog(after: position(2)) == nil)
    #expect(log.backlog(after: position(3)) == log.size)
    #expect(log.backlog(after: position(4)) == log.latest?.size)
    #expect(log.backlog(after: position(5)) == 0)
    let other = ChannelEpoch(bits: 8)
    log.reset(epoch: other)
    guard case .reset(other) = log.read(after: position(2), bytes: 1) else { throw Unexpected() }
    #expect(log.offset == 0 && log.size == 0 && log.latest == nil)
    log.append(payload(1), held: .max)
    #expect(log.position == ChannelPosition(epoch: other, offset: 1))
  }

  @Test func recoversOnlyIfNothingIsMissing() throws {
    var log = try log(messages: 2)
    #expect(log.start(from: position(0)).recovered == true)
    for number in 1...5 { log.append(payload(number), held: .max) }
    for (offset, recovered) in [(0, false), (2, false), (3, true), (5, true), (6, false)] {
      let start = log.start(from: position(offset))
      #expect(start.recovered == recovered, "\(offset)")
      #expect(start.position.offset == (recovered ? offset : 5))
    }
    #expect(log.start(from: ChannelPosition(epoch: ChannelEpoch(bits: 9), offset: 5)).recovered == false)
    #expect(log.start(from: nil).recovered == nil)
  }

  @Test func givesHistory() throws {
    var log = try log(messages: 4)
    for number in 1...6 { log.append(payload(number), held: .max) }
    #expect(log.history(after: nil, limit: 2).messages.map(\.offset) == [5, 6])
    #expect(!log.history(after: nil, limit: 9).recovered)
    #expect(log.history(after: position(2), limit: 2).messages.map(\.offset) == [3, 4])
    #expect(log.history(after: position(2), limit: 2).recovered)
    #expect(log.history(after: position(1), limit: 9).messages.map(\.offset) == [3, 4, 5, 6])
    #expect(!log.history(after: position(1), limit: 9).recovered)
  }

  /// Random publishing, trimming, emptying and subscribing, against the list of all that was ever published.
  @Test(arguments: 1...40)
  func givesEachMessageOnceInOrder(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let limit = Int.random(in: 0...8, using: &random)
    var log = try log(messages: limit, bytes: Int.random(in: 0...2_000, using: &random), backlog: Int.random(in: 0...800, using: &random))
    var epochs = 7
    var published: [Int] = []
    struct Reader {
      var position: ChannelPosition
      /// What it has been given, or told to be lost, since its epoch began.
      var seen: Int
    }
    var readers: [Reader] = []
    for step in 0..<400 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4:
        let held = readers.map { $0.position.epoch == log.epoch ? $0.position.offset : 0 }.min() ?? .max
        published.append(step)
        log.append(payload(step), held: held)
        #expect(log.offset == published.count)
      case 4:
        let from: ChannelPosition? =
          Bool.random(using: &random)
          ? nil : ChannelPosition(epoch: log.epoch, offset: Int.random(in: 0...(published.count + 2), using: &random))
        let start = log.start(from: from)
        if let from {
          let isWhole = from.offset <= published.count && log.first <= from.offset + 1
          #expect(start.recovered == isWhole)
        }
        if readers.count < 4 { readers.append(Reader(position: start.position, seen: start.position.offset)) }
      case 5 where !readers.isEmpty && Bool.random(using: &random): readers.remove(at: Int.random(in: readers.indices, using: &random))
      case 6 where Int.random(in: 0..<10, using: &random) == 0:
        epochs += 1
        log.reset(epoch: ChannelEpoch(bits: UInt32(epochs)))
        published = []
      default:
        guard let index = readers.indices.randomElement(using: &random) else { continue }
        var reader = readers[index]
        switch log.read(after: reader.position, bytes: Int.random(in: 1...500, using: &random)) {
        case .none: #expect(reader.seen == published.count)
        case .reset(let epoch): reader = Reader(position: ChannelPosition(epoch: epoch, offset: 0), seen: 0)
        case .gap(let next):
          #expect(next > reader.seen + 1 && next == log.first)
          reader = Reader(position: ChannelPosition(epoch: log.epoch, offset: next - 1), seen: next - 1)
        case .messages(let messages, let hasMore):
          #expect(!messages.isEmpty)
          for message in messages {
            #expect(message.offset == reader.seen + 1)
            #expect(String(decoding: message.data, as: UTF8.self) == "\(published[message.offset - 1])")
            reader.seen = message.offset
          }
          #expect(hasMore == (reader.seen < published.count))
          reader.position = ChannelPosition(epoch: log.epoch, offset: reader.seen)
        }
        readers[index] = reader
      }
      #expect(log.latest.map { String(decoding: $0.data, as: UTF8.self) } == published.last.map(String.init))
    }
  }

  @Test func presenceTellsChangesOnce() {
    var presence = ChannelPresence()
    let (first, second) = (ChannelClient(id: "1", info: nil), ChannelClient(id: "2", info: JSONFragment(5)))
    #expect(presence.join(first) == .joined(first))
    #expect(presence.join(second) == .joined(second))
    #expect(presence.join(first) == nil)
    let renamed = ChannelClient(id: "1", info: JSONFragment("new"))
    #expect(presence.join(renamed) == .joined(renamed))
    #expect(presence.all == [renamed, second])
    #expect(presence.leave("1") == .left(renamed))
    #expect(presence.leave("1") == nil)
    #expect(presence.all == [second])
  }
}
