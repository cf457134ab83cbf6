package import NIOCore
package import NIOHTTP1
import TangorCore
import TangorJSON

/// Watches one HTTP/1.1 connection from inside its pipeline, between NIO's parser and Hummingbird.
///
/// It answers what is quick at once and what cannot be parsed with a problem, cuts off requests that come too slowly and
/// connections that stand idle, asks for bodies that wait for `100 Continue`, and tells a waiting request when its client has gone.
package final class HTTPConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler, ParkedConnection {
  package typealias InboundIn = HTTPServerRequestPart
  package typealias InboundOut = HTTPServerRequestPart
  package typealias OutboundIn = HTTPServerResponsePart
  package typealias OutboundOut = HTTPServerResponsePart

  /// Bytes a second that a body must bring for its time to go on.
  private static let minimumRate = 1_024

  private let shared: HTTPServing
  /// Requests that went on to Hummingbird or were parked, and whose answers have not ended.
  private var requestsInProgress = 0
  private var isReadingRequest = false
  /// What holds for the body that is coming, where it is streamed somewhere.
  private var terms: BodyTerms?
  /// Whether the client waits for `100 Continue`, which who answers the request will ask for.
  private var awaitsContinue = false
  /// Whether the server reads from the connection; it does not while those who take a body are behind.
  private var isReading = true
  /// Whether the connection ended within a request: what has come of its body is not the whole.
  private(set) var wasBodyCut = false
  /// Whether this turn of reading brought parts of a request.
  private var hasReadParts = false
  /// Since when the head of a request is coming.
  private var headSince: NIODeadline?
  /// NIO's parser stops for good after a request to upgrade, so whatever is not upgraded must end the connection. So must an
  /// answer to a client that was not asked for its body, and may send it or not.
  private var endsConnection = false
  /// Whether the client speaks HTTP/1.0, which knows neither chunks nor connections that stay open unasked.
  private var isOldClient = false
  private var hasFailed = false
  private var isGone = false
  private var quick: QuickAnswer?
  private var quickStart: ContinuousClock.Instant?
  private var quickURI = ""
  private var quickAccept: String?
  private var parking = Parking()
  private var mustFlush = false
  private var lastActivity = NIODeadline.now()
  private var requestDeadline = NIODeadline.now()
  private var timer: Scheduled<Void>?
  private var timerEnd = NIODeadline.distantFuture
  private var goneHandlers: [Int: @Sendable () -> Void] = [:]
  private var nextGoneHandler = 0
  private var encoder: ChannelHandlerContext?

  init(shared: HTTPServing) { self.shared = shared }

  package func handlerAdded(context: ChannelHandlerContext) {
    encoder = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
    // A connection keeps its last buffer for reading; most requests and handshakes are small, and busy connections grow theirs.
    try? context.channel.syncOptions?.setOption(
      ChannelOptions.recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 512, maximum: 65_536))
    schedule(context, at: .now() + shared.idleTimeout)
  }

  package func handlerRemoved(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    encoder = nil
  }

  // MARK: Gone clients

  /// Calls back once the client has closed its side of the connection. Call it on the event loop.
  ///
  /// - Returns: What ``forget(_:)`` takes; `nil` if the client has gone already, and then `perform` has been called.
  func onGone(_ perform: @escaping @Sendable () -> Void) -> Int? {
    if isGone {
      perform()
      return nil
    }
    nextGoneHandler += 1
    goneHandlers[nextGoneHandler] = perform
    return nextGoneHandler
  }

  func forget(_ id: Int) { goneHandlers[id] = nil }

  /// Asks the client for the body that it holds back until then. Call it on the event loop.
  func continueBody(_ channel: any Channel) {
    guard let terms, awaitsContinue, !hasFailed else { return }
    awaitsContinue = false
    requestDeadline = .now() + terms.idleTimeout
    guard let context = try? channel.pipeline.syncOperations.context(handler: self) else { return }
    context.writeAndFlush(Self.wrapOutboundOut(.head(.init(version: .http1_1, status: .continue))), promise: nil)
  }

  private func gone() {
    isGone = true
    if isReadingRequest { wasBodyCut = true }
    parking.clear()
    parking.end()?.abandon()
    let handlers = goneHandlers.values
    goneHandlers = [:]
    for handler in handlers { handler() }
  }

  package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed {
      let wasParked = parking.isParked
      gone()
      if hasFailed || wasParked { context.close(promise: nil) }
    }
    context.fireUserInboundEventTriggered(event)
  }

  package func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    gone()
    context.fireChannelInactive()
  }

  // MARK: Time

  private func schedule(_ context: ChannelHandlerContext, at deadline: NIODeadline) {
    timerEnd = deadline
    timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
      self.timer = nil
      self.timeIsUp(context)
    }
  }

  private func hasten(_ context: ChannelHandlerContext, to deadline: NIODeadline) {
    guard deadline < timerEnd else { return }
    timer?.cancel()
    schedule(context, at: deadline)
  }

  private func timeIsUp(_ context: ChannelHandlerContext) {
    let now = NIODeadline.now()
    if let headSince {
      let end = headSince + shared.requestTimeout
      guard now >= end else { return schedule(context, at: end) }
      fail(context, TangorError(.requestTimeout, "The request's headers came too slowly."))
    } else if isReadingRequest {
      if let terms, !isReading { requestDeadline = now + terms.idleTimeout }
      guard now >= requestDeadline else { return schedule(context, at: requestDeadline) }
      // The answer has gone out before the request had ended: there is nothing more to say.
      guard requestsInProgress > 0 else { return context.close(promise: nil) }
      fail(context, TangorError(.requestTimeout, "The request's body came too slowly."))
    } else if requestsInProgress == 0 {
      let end = lastActivity + shared.idleTimeout
      guard now >= end else { return schedule(context, at: end) }
      context.close(promise: nil)
    } else {
      schedule(context, at: now + shared.idleTimeout)
    }
  }

  // MARK: Requests

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    hasReadParts = true
    if parking.isParked { return parking.hold(Self.unwrapInboundIn(data)) }
    var data = data
    switch Self.unwrapInboundIn(data) {
    case .head(var head):
      lastActivity = .now()
      isOldClient = head.version == .http1_0
      // Hummingbird knows the word in this one spelling.
      if isOldClient || !head.isKeepAlive {
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        data = Self.wrapInboundOut(.head(head))
      }
      headSince = nil
      // A peer that does not read its answers takes the way through the server, which waits for it.
      if shared.quick != nil, requestsInProgress == 0, context.channel.isWritable, begin(head, context) { return }
      requestsInProgress += 1
      isReadingRequest = true
      terms = shared.bodyTerms?(head.method.rawValue, head.uri)
      requestDeadline = lastActivity + (terms?.idleTimeout ?? shared.requestTimeout)
      endsConnection = head.method == .CONNECT || head.headers.contains(name: "upgrade")
      // While an earlier answer is under way it must not be interrupted; a client sends its body unasked after a while.
      if requestsInProgress == 1, head.version == .http1_1, head.headers.first(name: "expect")?.lowercased() == "100-continue" {
        if terms == nil {
          context.writeAndFlush(Self.wrapOutboundOut(.head(.init(version: .http1_1, status: .continue))), promise: nil)
        } else {
          awaitsContinue = true
        }
      }
    case .body(let bytes):
      awaitsContinue = false
      if let terms {
        // Who was answered before the end is given the usual time to finish, and no more.
        if requestsInProgress > 0 { requestDeadline = .now() + terms.idleTimeout }
      } else if bytes.readableBytes > 0 {
        requestDeadline = requestDeadline + .milliseconds(Int64(bytes.readableBytes * 1_000 / Self.minimumRate))
      }
    case .end:
      if let answer = quick {
        quick = nil
        guard case .later(let wait) = answer else { return write(answer) }
        if let answer = wait.begin(self) { return write(answer) }
        parking.park(wait)
        requestsInProgress += 1
        return
      }
      isReadingRequest = false
      awaitsContinue = false
    }
    context.fireChannelRead(data)
  }

  package func read(context: ChannelHandlerContext) {
    guard parking.mayRead() else { return }
    // What the client could not send while nobody read is not its delay.
    if !isReading, isReadingRequest, requestsInProgress > 0, let terms { requestDeadline = .now() + terms.idleTimeout }
    isReading = true
    context.read()
  }

  package func channelReadComplete(context: ChannelHandlerContext) {
    isReading = false
    if mustFlush {
      mustFlush = false
      context.flush()
    }
    // The timer stands at the end of the idle time; a request that is still coming may have to end before.
    if isReadingRequest {
      hasten(context, to: requestDeadline)
    } else if !hasReadParts, requestsInProgress == 0, headSince == nil {
      // Bytes came that do not make a head yet.
      headSince = .now()
      hasten(context, to: .now() + shared.requestTimeout)
    }
    hasReadParts = false
    context.fireChannelReadComplete()
  }

  /// Asks for a quick answer; the request's end is what sends it.
  private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) -> Bool {
    guard head.method == .GET, head.version == .http1_1, let responder = shared.quick else { return false }
    for (name, _) in head.headers {
      switch name.utf8.count {
      // Connection, Content-Length, Transfer-Encoding, Expect, Upgrade, X-Request-Id: left to the whole machinery.
      case 10 where name.lowercased() == "connection": if !head.isKeepAlive || head.headers.contains(name: "upgrade") { return false }
      case 14 where name.lowercased() == "content-length", 17 where name.lowercased() == "transfer-encoding",
        6 where name.lowercased() == "expect", 12 where name.lowercased() == "x-request-id":
        return false
      default: break
      }
    }
    let uri = head.uri
    let mark = uri.utf8.firstIndex(of: UInt8(ascii: "?"))
    let request = QuickRequest(
      path: uri[..<(mark ?? uri.endIndex)], query: mark.map { uri[uri.index(after: $0)...] } ?? "", headers: head.headers,
      channel: context.channel)
    let start = shared.observesQuickAnswers ? ContinuousClock.now : nil
    guard let answer = responder.answer(request) else { return false }
    quick = answer
    switch answer {
    case .failure, .later: quickAccept = head.headers.first(name: "accept")
    case .document, .empty: break
    }
    quickStart = start
    if start != nil { quickURI = String(request.path) }
    return true
  }

  private func write(_ answer: QuickAnswer) {
    guard let encoder else { return }
    let id = shared.nextRequestID()
    let date = shared.date(at: lastActivity)
    let bytes: ByteBuffer
    var status = 200
    switch answer {
    case .document(let document): bytes = document.encoded(requestID: id, date: date)
    case .failure(let error):
      bytes = Problem(error, requestID: id).encoded(accept: quickAccept, date: date, closes: false)
      status = error.code.status
      if status >= 500, error.code != .shuttingDown { shared.report(error, requestID: id) }
    case .empty:
      bytes = QuickAnswer.encodedEmpty(requestID: id, date: date)
      status = 204
    // Whoever waits is answered with what came in the end.
    case .later: return
    }
    encoder.write(NIOAny(bytes), promise: nil)
    mustFlush = true
    if let start = quickStart {
      shared.observe(quickURI, status: status, since: start, requestID: id, client: Client(channel: encoder.channel))
    }
  }

  package func answer(_ answer: QuickAnswer) {
    guard parking.end() != nil else { return }
    requestsInProgress -= 1
    lastActivity = .now()
    write(answer)
    guard parking.isHolding, let encoder, let context = try? encoder.pipeline.syncOperations.context(handler: self) else {
      mustFlush = false
      encoder?.flush()
      return
    }
    // What the client sent behind the parked request has its turn now.
    while let part = parking.next() { channelRead(context: context, data: Self.wrapInboundOut(part)) }
    channelReadComplete(context: context)
    if parking.takeReadDue() { read(context: context) }
  }

  // MARK: Responses

  package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if hasFailed {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    switch Self.unwrapOutboundIn(data) {
    case .head(var head) where isOldClient || ((endsConnection || awaitsContinue) && head.status.code >= 200):
      if isOldClient { head.version = .http1_0 }
      if awaitsContinue, requestsInProgress == 1 { endsConnection = true }
      if endsConnection { head.headers.replaceOrAdd(name: "Connection", value: "close") }
      context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
    case .end:
      requestsInProgress -= 1
      lastActivity = .now()
      context.write(data, promise: promise)
      if endsConnection {
        context.flush()
        closeSoon(context)
      } else if isReadingRequest, terms != nil {
        requestDeadline = lastActivity + shared.requestTimeout
        hasten(context, to: requestDeadline)
      }
    default: context.write(data, promise: promise)
    }
  }

  package func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
    if error == .headerOverflow {
      fail(context, TangorError(.headersTooLarge, "The request line and headers are larger than the server takes."))
    } else {
      fail(context, TangorError(.invalidRequest, "This is not a well-formed HTTP/1.1 request."))
    }
  }

  /// Answers a request that cannot go on, and ends the connection once the client has had the time to read the answer.
  private func fail(_ context: ChannelHandlerContext, _ error: TangorError) {
    guard !hasFailed else { return }
    // An answer that is under way to an earlier request cannot be followed by another; a request whose body was cut off has none.
    let isAnswerable = requestsInProgress == 0 || (isReadingRequest && requestsInProgress == 1)
    hasFailed = true
    if isAnswerable, let encoder {
      let problem = Problem(error, requestID: shared.nextRequestID())
      encoder.writeAndFlush(NIOAny(problem.encoded(accept: nil, date: shared.date(at: .now()), closes: true)), promise: nil)
      closeSoon(context)
    } else {
      context.close(promise: nil)
    }
    gone()
  }

  /// Ends our side now, and the whole connection once the client has had the time to read the answer.
  private func closeSoon(_ context: ChannelHandlerContext) {
    hasFailed = true
    context.close(mode: .output, promise: nil)
    context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(2)) { context.close(promise: nil) }
  }
}
