import NIOCore
import NIOHTTP1

/// How much time the bodies of one connection's requests have, and whether one waits to be asked for. A state without sockets.
///
/// A class, so that a connection owns one only once a request needs it.
final class BodyWatch {
  /// Bytes a second that a body must bring for its time to go on.
  private static let minimumRate = 1_024

  /// What holds for the body that is coming, where it is streamed somewhere.
  private var terms: BodyTerms?
  /// How much time such a body has; nil once it was answered.
  private var pace: TransferPace?
  private var end: NIODeadline
  /// Whether the client waits for `100 Continue`, which who answers the request will ask for.
  private(set) var awaitsContinue = false
  /// Whether the server reads from the connection; it does not while those who take a body are behind.
  private var isReading = true

  init(now: NIODeadline) { end = now }

  /// When the body has to be there.
  func deadline(at now: NIODeadline) -> NIODeadline { pace?.deadline(at: now) ?? end }

  /// How long to look away: a client that was not asked for its body yet, or is not read from, is not late.
  var leniency: TimeAmount? {
    guard let terms, pace != nil, awaitsContinue || !isReading else { return nil }
    return terms.idleTimeout
  }

  /// A request's head has come.
  ///
  /// - Parameters:
  ///   - terms: What holds for its body; nil for the usual.
  ///   - patience: How long the usual body may take.
  ///   - expectsContinue: Whether the client waits to be asked.
  /// - Returns: Whether it has to be asked at once.
  func begin(_ terms: BodyTerms?, patience: TimeAmount, expectsContinue: Bool, at now: NIODeadline) -> Bool {
    self.terms = terms
    end = now + patience
    pace = terms?.pace(at: now)
    awaitsContinue = expectsContinue && terms != nil
    return expectsContinue && terms == nil
  }

  /// The body is asked for.
  ///
  /// - Returns: Whether the client waits for that.
  func ask(at now: NIODeadline) -> Bool {
    guard let terms, awaitsContinue else { return false }
    awaitsContinue = false
    pace = terms.pace(at: now)
    return true
  }

  /// Bytes of the body have come.
  ///
  /// - Parameter isAnswered: Whether the answer has gone out; then the client is given the usual time to finish, and no more.
  func came(_ count: Int, isAnswered: Bool, at now: NIODeadline) {
    _ = ask(at: now)
    if pace != nil {
      pace?.moved(count, at: now)
    } else if !isAnswered {
      end = end + .milliseconds(Int64(count * 1_000 / Self.minimumRate))
    }
  }

  /// The body has ended.
  func ended() {
    awaitsContinue = false
    pace = nil
  }

  /// The request was answered before its end.
  func answered(patience: TimeAmount, at now: NIODeadline) {
    pace = nil
    end = now + patience
  }

  /// The connection is read from. What the client could not send while nobody read is not its delay.
  func readingBegins() {
    if !isReading { pace?.resume(at: .now()) }
    isReading = true
  }

  /// A turn of reading is over.
  func readingEnds() {
    isReading = false
    pace?.stop(at: .now())
  }
}
