/// What waits to be sent to a client, in order.
///
/// Answers wait as they are. Notices without contents that say the same, one behind the other, are one once the client is behind: the last
/// one stays, so that it comes after every answer that was true before it.
struct OutboxState {
  /// By what notices are the same.
  struct NoticeKey: Hashable {
    let message: UInt32
    let port: Int
  }

  /// What is to be done after a change.
  enum Outcome: Equatable {
    case kept
    /// The client is so far behind that its session is over.
    case overrun
  }

  private struct Item {
    let bytes: [UInt8]
    let notice: NoticeKey?
  }

  /// By number; numbers of what was dropped are missing.
  private var items: [Int: Item] = [:]
  private var first = 0
  private var next = 0
  private var notices: [NoticeKey: Int] = [:]
  private(set) var byteCount = 0
  private(set) var isFinished = false

  /// Waiting messages from which on notices become one.
  let coalescingThreshold: Int
  /// Bytes of waiting notices beyond which the session is over.
  let maximumBytes: Int
  private var noticeBytes = 0

  init(coalescingThreshold: Int = 64, maximumBytes: Int = 64 << 20) {
    self.coalescingThreshold = coalescingThreshold
    self.maximumBytes = maximumBytes
  }

  var isEmpty: Bool { items.isEmpty }
  var count: Int { items.count }

  /// Puts an answer behind all that waits.
  mutating func append(_ bytes: [UInt8]) { insert(Item(bytes: bytes, notice: nil)) }

  /// Puts a notice behind all that waits.
  ///
  /// - Parameter key: By what it is the same as others; nil when it has contents of its own.
  mutating func notify(_ bytes: [UInt8], _ key: NoticeKey?) -> Outcome {
    guard !isFinished else { return .kept }
    if let key, items.count >= coalescingThreshold, let old = notices[key] { remove(old) }
    if items.count >= coalescingThreshold, noticeBytes + bytes.count > maximumBytes {
      finish()
      return .overrun
    }
    if let key { notices[key] = next }
    noticeBytes += bytes.count
    insert(Item(bytes: bytes, notice: key ?? NoticeKey(message: 0, port: -1)))
    return .kept
  }

  /// All messages, in order.
  mutating func takeAll() -> [[UInt8]] {
    var messages: [[UInt8]] = []
    messages.reserveCapacity(items.count)
    while let bytes = take() { messages.append(bytes) }
    return messages
  }

  /// The message that is next.
  mutating func take() -> [UInt8]? {
    guard !items.isEmpty else { return nil }
    while items[first] == nil { first += 1 }
    let bytes = items[first]?.bytes
    remove(first)
    first += 1
    return bytes
  }

  /// Takes no more, and drops what waits.
  mutating func finish() {
    isFinished = true
    items = [:]
    notices = [:]
    byteCount = 0
    noticeBytes = 0
  }

  private mutating func insert(_ item: Item) {
    guard !isFinished else { return }
    items[next] = item
    next += 1
    byteCount += item.bytes.count
  }

  private mutating func remove(_ number: Int) {
    guard let item = items.removeValue(forKey: number) else { return }
    byteCount -= item.bytes.count
    if let notice = item.notice {
      noticeBytes -= item.bytes.count
      if notices[notice] == number { notices[notice] = nil }
    }
  }
}
