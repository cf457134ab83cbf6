import NIOCore
import NIOHTTP1
import TangorCore

/// A request that is given a quick answer, from its head until the answer goes out.
///
/// A class, so that a connection without one owns no place for it.
final class QuickTurn {
  /// The answer, which goes out at the request's end.
  var answer: QuickAnswer
  /// What failures are written in.
  let accept: String?
  /// When it began, where somebody wants to know.
  let start: ContinuousClock.Instant?
  let path: String
  /// The request's id, where it has been told to somebody already.
  let id: String?

  init(answer: QuickAnswer, accept: String?, start: ContinuousClock.Instant?, path: String) {
    self.answer = answer
    self.accept = accept
    self.start = start
    self.path = path
    id = if case .later(let wait) = answer { wait.requestID } else { nil }
  }

  /// Whether the answer can be written without it.
  var isDispensable: Bool { accept == nil && start == nil && id == nil }
}

extension HTTPServing {
  /// Asks for a quick answer.
  ///
  /// - Returns: nil when the request has to go on to the router.
  func quickTurn(_ head: HTTPRequestHead, channel: any Channel) -> QuickTurn? {
    guard let quick, head.isPlain else { return nil }
    let uri = head.uri
    let mark = uri.utf8.firstIndex(of: UInt8(ascii: "?"))
    let request = QuickRequest(
      path: uri[..<(mark ?? uri.endIndex)], query: mark.map { uri[uri.index(after: $0)...] } ?? "", headers: head.headers,
      channel: channel)
    let start = observesQuickAnswers ? ContinuousClock.now : nil
    guard let answer = quick.answer(request) else { return nil }
    let mayFail =
      switch answer {
      case .failure, .later: true
      case .document, .empty: false
      }
    return QuickTurn(
      answer: answer, accept: mayFail ? head.headers.first(name: "accept") : nil, start: start,
      path: start == nil ? "" : String(request.path))
  }

  /// A quick answer as it goes out. It is told to those who want to know.
  func encode(_ answer: QuickAnswer, to turn: QuickTurn?, at now: NIODeadline, channel: any Channel) -> ByteBuffer {
    let id = turn?.id ?? nextRequestID()
    let date = date(at: now)
    let bytes: ByteBuffer
    var status = 200
    switch answer {
    case .document(let document): bytes = document.encoded(requestID: id, date: date)
    case .failure(let error):
      bytes = Problem(error, requestID: id).encoded(accept: turn?.accept, date: date, closes: false)
      status = error.code.status
      if status >= 500, error.code != .shuttingDown { report(error, requestID: id) }
    case .empty:
      bytes = QuickAnswer.encodedEmpty(requestID: id, date: date)
      status = 204
    // Whoever waits is answered with what came in the end.
    case .later: return ByteBuffer()
    }
    if let turn, let start = turn.start {
      observe(turn.path, status: status, since: start, requestID: id, client: Client(channel: channel))
    }
    return bytes
  }
}
