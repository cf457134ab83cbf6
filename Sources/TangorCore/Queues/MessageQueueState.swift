import DequeModule

/// What happens when a message queue is full.
public enum MessageQueuePolicy: String, Sendable, Hashable, CaseIterable {
  /// The oldest message goes; readers that had not read it are told how many they lost.
  case dropOldest
  /// Who publishes waits until every reader has read the oldest one.
  case wait
}

/// What a reader takes from a message queue at once.
public struct MessageBatch<Element: Sendable>: Sendable {
  /// All messages since the last batch, in the order of their publication.
  public var messages: [Element]
  /// How many messages before these were dropped, because the reader was too slow.
  public var lost: Int
}

extension MessageBatch: Equatable where Element: Equatable {}

/// The messages of a queue and the places of its readers. A pure value, without lock or task.
struct MessageQueueState<Element: Sendable>: Sendable {
  /// What came of a publication.
  enum Publication: Equatable {
    case done
    /// The queue is full, and its policy is to wait.
    case full
    /// The queue has ended.
    case ended
  }

  /// What came of a fetch.
  enum Fetch {
    case messages(MessageBatch<Element>)
    /// There is nothing new.
    case nothing
    /// There is nothing new and never will be, or no such reader.
    case ended
  }

  let limit: Int
  let policy: MessageQueuePolicy
  private var messages: Deque<Element> = []
  /// The number of the oldest message held; messages count from 0.
  private var first = 0
  /// The number of the message that each reader reads next. Kept in the queue's own count, so that dropping moves nobody.
  private var places: [Int: Int] = [:]
  private var lastReader = 0
  private(set) var isEnded = false

  init(limit: Int, policy: MessageQueuePolicy) {
    self.limit = limit
    self.policy = policy
  }

  var count: Int { messages.count }
  var readerCount: Int { places.count }
  /// The number that the next message gets.
  private var next: Int { first + messages.count }

  /// Adds a reader.
  ///
  /// - Parameter seesHeld: Whether it begins with the oldest message held, and not behind the newest.
  mutating func subscribe(seesHeld: Bool) -> Int {
    lastReader += 1
    places[lastReader] = seesHeld ? first : next
    return lastReader
  }

  /// Removes a reader.
  mutating func unsubscribe(_ reader: Int) { places[reader] = nil }

  /// Sets a reader back to the oldest message held.
  mutating func rewind(_ reader: Int) { if places[reader] != nil { places[reader] = first } }

  mutating func publish(_ message: Element) -> Publication {
    if isEnded { return .ended }
    if messages.count >= limit {
      switch policy {
      case .dropOldest:
        messages.removeFirst()
        first += 1
      case .wait:
        guard !places.isEmpty, compact() > 0 else { return .full }
      }
    }
    messages.append(message)
    return .done
  }

  mutating func fetch(_ reader: Int) -> Fetch {
    guard let place = places[reader] else { return .ended }
    guard place < next else { return isEnded ? .ended : .nothing }
    places[reader] = next
    let start = max(place, first)
    return .messages(MessageBatch(messages: Array(messages.dropFirst(start - first)), lost: start - place))
  }

  /// Whether a fetch would give something.
  func hasNews(_ reader: Int) -> Bool { places[reader].map { $0 < next || isEnded } ?? true }

  /// Drops what every reader has read; everything where there is none.
  ///
  /// - Returns: How many messages.
  @discardableResult
  mutating func compact() -> Int {
    let read = places.values.min() ?? next
    let count = max(read - first, 0)
    messages.removeFirst(count)
    first += count
    return count
  }

  /// Whether a publication would be taken, or refused for ever.
  var hasRoom: Bool {
    isEnded || policy == .dropOldest || messages.count < limit || (places.values.min().map { $0 > first } ?? false)
  }

  /// Takes no further messages; those that are held may still be read.
  mutating func end() { isEnded = true }
}
