import DequeModule
import NIOHTTP1

/// What a request waits for on its event loop, without a task: it is parked, and answered when the wait ends.
///
/// Used on the connection's event loop alone.
package protocol QuickWait: AnyObject {
  /// Begins the wait.
  ///
  /// - Parameter connection: Who is to be given the answer when the wait ends, once and not before this function has returned.
  /// - Returns: The answer where there is no need to wait; then the connection is not to be given one.
  func begin(_ connection: any ParkedConnection) -> QuickAnswer?
  /// The request has gone, and must not be answered any more.
  func abandon()
  /// The request's id, where it has been told to somebody already.
  var requestID: String? { get }
}

extension QuickWait {
  package var requestID: String? { nil }
}

/// A connection whose request is parked.
package protocol ParkedConnection: AnyObject {
  /// Answers the parked request. On the event loop.
  func answer(_ answer: QuickAnswer)
}

/// The parked request of one connection, and what the client has sent behind it meanwhile, which has to wait its turn.
struct Parking {
  private(set) var wait: (any QuickWait)?
  private var held: Deque<HTTPServerRequestPart> = []
  /// Whether somebody asked for more from the client while parts were held.
  private var isReadDue = false

  var isParked: Bool { wait != nil }

  mutating func park(_ wait: any QuickWait) { self.wait = wait }

  /// The wait, which is over; what was held goes on.
  mutating func end() -> (any QuickWait)? { wait.take() }

  mutating func hold(_ part: HTTPServerRequestPart) { held.append(part) }

  /// Whether the client may be read from: as long as nothing is held. Then reading is what tells that the client has gone.
  mutating func mayRead() -> Bool {
    if isParked, !held.isEmpty { isReadDue = true }
    return !isReadDue
  }

  /// Takes what was held, in order; nil while a request is parked and when there is no more.
  mutating func next() -> HTTPServerRequestPart? { isParked ? nil : held.popFirst() }

  /// Whether reading goes on now.
  mutating func takeReadDue() -> Bool {
    guard !isParked, held.isEmpty else { return false }
    defer { isReadDue = false }
    return isReadDue
  }

  var isHolding: Bool { !held.isEmpty || isReadDue }

  /// Forgets what was held for a client that has gone.
  mutating func clear() {
    held = []
    isReadDue = false
  }
}
