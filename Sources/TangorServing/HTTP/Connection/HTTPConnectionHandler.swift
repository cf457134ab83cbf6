package import NIOCore
package import NIOHTTP1
import TangorCore
import TangorJSON

/// Watches one HTTP/1.1 connection from inside its pipeline, between NIO's parser and Hummingbird, which comes with the first request
/// that goes there.
///
/// It answers what is quick at once and what cannot be parsed with a problem, cuts off requests that come too slowly and
/// connections that stand idle, asks for bodies that wait for `100 Continue`, and tells a waiting request when its client has gone.
package final class HTTPConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler, ParkedConnection, DeadlineHolder {
  package typealias InboundIn = HTTPServerRequestPart
  package typealias InboundOut = HTTPServerRequestPart
  package typealias OutboundIn = HTTPServerResponsePart
  package typealias OutboundOut = HTTPServerResponsePart

  private let shared: HTTPServing
  /// What puts the way to the router in place; nil once it is there.
  private var channel: HTTPChannel?
  private let loop: ConnectionLoop
  var deadlinePlace: Int32 = -1
  /// Requests that went on to Hummingbird or were parked, and whose answers have not ended.
  private var requestsInProgress = 0
  private var isReadingRequest = false
  /// How much time the bodies of its requests have; nil as long as there was none.
  private var body: BodyWatch?
  /// Whether the connection ended within a request: what has come of its body is not the whole.
  private(set) var bodyEnding = IncomingBody.Ending.whole
  /// Whether an answer has begun and not ended.
  private var isAnswering = false
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
  /// Whether the client has closed its side of the connection.
  private(set) var isGone = false
  /// The request that is given a quick answer, or is parked until there is one.
  private var turn: QuickTurn?
  private var parking = Parking()
  private var mustFlush = false
  private var lastActivity = NIODeadline.now()
  private var goneHandlers = GoneHandlers()
  private var context: ChannelHandlerContext?
  /// What bytes are written from: behind it stands the encoder, where there is one.
  private var outlet: ChannelHandlerContext?
  /// Whether the connection is counted.
  private var hasEntered = false
  /// Whether a ``WriteTimeoutHandler`` is in place.
  private var watchesWrites = false
  /// Whether it ends with what is under way.
  private var isQuiescing = false

  /// - Parameters:
  ///   - channel: What puts the way to the router in place; nil where it is there.
  ///   - eventLoop: The connection's.
  init(shared: HTTPServing, channel: HTTPChannel? = nil, eventLoop: any EventLoop) {
    self.shared = shared
    self.channel = channel
    loop = shared.connections.loop(of: eventLoop)
  }

  package func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    outlet = channel == nil ? try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self) : context
    // A connection keeps its last buffer for reading; most requests and handshakes are small, and busy connections grow theirs.
    try? context.channel.syncOptions?.setOption(
      ChannelOptions.recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 256, maximum: 65_536))
    loop.schedule(self, at: .now() + shared.idleTimeout)
    let admission = shared.connections.enter()
    hasEntered = admission != .refused
    if admission != .welcome { context.close(promise: nil) }
  }

  package func handlerRemoved(context: ChannelHandlerContext) {
    loop.remove(self)
    self.context = nil
    outlet = nil
    channel = nil
    if hasEntered { shared.connections.leave() }
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
    return goneHandlers.add(perform)
  }

  func forget(_ id: Int) { goneHandlers.remove(id) }

  /// Asks the client for the body that it holds back until then. Call it on the event loop.
  func continueBody() {
    guard !hasFailed, body?.ask(at: .now()) == true else { return }
    context?.writeAndFlush(Self.wrapOutboundOut(.head(.init(version: .http1_1, status: .continue))), promise: nil)
  }

  private func gone() {
    isGone = true
    if isReadingRequest, bodyEnding == .whole { bodyEnding = .cut }
    parking.clear()
    parking.end()?.abandon()
    for handler in goneHandlers.takeAll() { handler() }
  }

  package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case let event as ChannelEvent where event == .inputClosed:
      let wasParked = parking.isParked
      gone()
      if hasFailed || wasParked {
        context.close(promise: nil)
      } else if channel != nil {
        closeWhenTaken(context)
      }
    case is ChannelShouldQuiesceEvent: return quiesce()
    default: break
    }
    context.fireUserInboundEventTriggered(event)
  }

  package func channelInactive(context: ChannelHandlerContext) {
    loop.remove(self)
    gone()
    context.fireChannelInactive()
  }

  // MARK: Ending

  /// Whether nothing is to be answered.
  private var isFree: Bool { requestsInProgress == 0 && turn == nil }

  /// Ends the connection with what is under way.
  func quiesce() {
    isQuiescing = true
    if isFree, !hasFailed, let context { closeWhenTaken(context) }
  }

  /// Closes a connection that has no task which would.
  func closeTaskless() {
    if channel != nil { context?.close(promise: nil) }
  }

  /// Closes the connection once the client has taken what was written.
  private func closeWhenTaken(_ context: ChannelHandlerContext) {
    guard WriteTimeoutHandler.buffered(context.channel) > 0, let outlet else { return context.close(promise: nil) }
    let taken = context.eventLoop.makePromise(of: Void.self)
    taken.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    outlet.writeAndFlush(NIOAny(ByteBuffer()), promise: taken)
    watchWrites(context)
  }

  /// Sees to it that a client takes what was written to it, where something waits for that.
  private func watchWrites(_ context: ChannelHandlerContext) {
    guard channel != nil, !watchesWrites, WriteTimeoutHandler.buffered(context.channel) > 0 else { return }
    watchesWrites = true
    addWriteTimeout(context)
  }

  private func addWriteTimeout(_ context: ChannelHandlerContext) {
    let handler = WriteTimeoutHandler(timeout: shared.writeTimeout, logger: shared.logger)
    do { try context.pipeline.syncOperations.addHandler(handler, position: .first) } catch { context.close(promise: nil) }
  }

  // MARK: Time

  /// The time has come that was asked for.
  func timeIsUp() {
    guard let context else { return }
    // The client has had the time to read its last answer.
    if hasFailed { return context.close(promise: nil) }
    let now = NIODeadline.now()
    if let headSince {
      let end = headSince + shared.requestTimeout
      guard now >= end else { return loop.schedule(self, at: end) }
      fail(context, TangorError(.requestTimeout, "The request's headers came too slowly."))
    } else if isReadingRequest {
      if let leniency = body?.leniency { return loop.schedule(self, at: now + leniency) }
      let end = body?.deadline(at: now) ?? now
      guard now >= end else { return loop.schedule(self, at: end) }
      // The answer has gone out before the request had ended: there is nothing more to say.
      guard requestsInProgress > 0 else { return context.close(promise: nil) }
      bodyEnding = .late
      fail(context, TangorError(.requestTimeout, "The request's body came too slowly."))
    } else if requestsInProgress == 0 {
      let end = lastActivity + shared.idleTimeout
      guard now >= end else { return loop.schedule(self, at: end) }
      context.close(promise: nil)
    } else {
      loop.schedule(self, at: now + shared.idleTimeout)
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
      if shared.quick != nil, requestsInProgress == 0, context.channel.isWritable {
        turn = shared.quickTurn(head, channel: context.channel)
        if turn != nil { return }
      }
      guard makeWay(context) else { return }
      requestsInProgress += 1
      isReadingRequest = true
      endsConnection = endsConnection || head.method == .CONNECT || head.headers.contains(name: "upgrade")
      // While an earlier answer is under way it must not be interrupted; a client sends its body unasked after a while.
      let expectsContinue =
        requestsInProgress == 1 && head.version == .http1_1 && head.headers.first(name: "expect")?.lowercased() == "100-continue"
      let body = self.body ?? BodyWatch(now: lastActivity)
      self.body = body
      let mustAsk = body.begin(
        shared.bodyTerms?(head.method.rawValue, head.uri), patience: shared.requestTimeout, expectsContinue: expectsContinue,
        at: lastActivity)
      if mustAsk { context.writeAndFlush(Self.wrapOutboundOut(.head(.init(version: .http1_1, status: .continue))), promise: nil) }
    case .body(let bytes):
      body?.came(bytes.readableBytes, isAnswered: requestsInProgress == 0, at: .now())
    case .end:
      if let turn {
        guard case .later(let wait) = turn.answer else { return write(turn.answer) }
        if let answer = wait.begin(self) { return write(answer) }
        // A parked connection keeps what the answer will need, and no more.
        turn.answer = .empty
        if turn.isDispensable { self.turn = nil }
        parking.park(wait)
        requestsInProgress += 1
        return
      }
      isReadingRequest = false
      body?.ended()
    }
    context.fireChannelRead(data)
  }

  package func read(context: ChannelHandlerContext) {
    guard parking.mayRead() else { return }
    body?.readingBegins()
    context.read()
  }

  package func channelReadComplete(context: ChannelHandlerContext) {
    body?.readingEnds()
    if mustFlush { flush(context) }
    // The timer stands at the end of the idle time; a request that is still coming may have to end before.
    if isReadingRequest, let body {
      if !hasFailed { loop.hasten(self, to: body.deadline(at: .now())) }
    } else if !hasFailed, !hasReadParts, requestsInProgress == 0, headSince == nil {
      // Bytes came that do not make a head yet.
      headSince = .now()
      loop.hasten(self, to: .now() + shared.requestTimeout)
    }
    hasReadParts = false
    context.fireChannelReadComplete()
  }

  /// Puts in place what a request needs that goes on to the router.
  ///
  /// - Returns: Whether it is there; otherwise the connection is closed.
  private func makeWay(_ context: ChannelHandlerContext) -> Bool {
    guard let channel else { return true }
    // Who has not entered is being closed, and nobody would run its task.
    guard hasEntered else { return false }
    if !watchesWrites { addWriteTimeout(context) }
    watchesWrites = true
    do {
      outlet = try channel.begin(self, on: context.channel)
      self.channel = nil
      return true
    } catch {
      context.close(promise: nil)
      return false
    }
  }

  /// Writes a quick answer; the end of the turn of reading sends it.
  private func write(_ answer: QuickAnswer) {
    guard let outlet else { return }
    outlet.write(NIOAny(shared.encode(answer, to: turn, at: lastActivity, channel: outlet.channel)), promise: nil)
    turn = nil
    mustFlush = true
  }

  package func answer(_ answer: QuickAnswer) {
    guard parking.end() != nil else { return }
    requestsInProgress -= 1
    lastActivity = .now()
    write(answer)
    guard let context else { return }
    guard parking.isHolding else { return flush(context) }
    // What the client sent behind the parked request has its turn now.
    while let part = parking.next() { channelRead(context: context, data: Self.wrapInboundOut(part)) }
    channelReadComplete(context: context)
    if parking.takeReadDue() { read(context: context) }
  }

  // MARK: Responses

  /// Sends the quick answers that were written.
  private func flush(_ context: ChannelHandlerContext) {
    mustFlush = false
    context.flush()
    watchWrites(context)
    if isQuiescing, isFree { closeWhenTaken(context) }
  }

  package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if hasFailed {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    let part = Self.unwrapOutboundIn(data)
    if case .head(let head) = part, head.status.code >= 200 {
      isAnswering = true
      if isQuiescing, requestsInProgress == 1 { endsConnection = true }
    }
    switch part {
    case .head(var head) where isOldClient || ((endsConnection || body?.awaitsContinue == true) && head.status.code >= 200):
      if isOldClient { head.version = .http1_0 }
      if body?.awaitsContinue == true, requestsInProgress == 1 { endsConnection = true }
      if endsConnection { head.headers.replaceOrAdd(name: "Connection", value: "close") }
      context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
    case .end:
      requestsInProgress -= 1
      isAnswering = false
      lastActivity = .now()
      context.write(data, promise: promise)
      if endsConnection || (isQuiescing && requestsInProgress == 0) {
        context.flush()
        closeSoon(context)
      } else if isReadingRequest {
        body?.answered(patience: shared.requestTimeout, at: lastActivity)
        loop.hasten(self, to: lastActivity + shared.requestTimeout)
      }
    default: context.write(data, promise: promise)
    }
  }

  package func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError else {
      // Where nobody else is behind, whom it would end.
      if channel != nil { context.close(promise: nil) }
      return context.fireErrorCaught(error)
    }
    if error == .headerOverflow {
      fail(context, TangorError(.headersTooLarge, "The request line and headers are larger than the server takes."))
    } else if error == .invalidEOFState, isReadingRequest {
      fail(context, TangorError(.incompleteBody, "The request's body broke off."))
    } else {
      fail(context, TangorError(.invalidRequest, "This is not a well-formed HTTP/1.1 request."))
    }
  }

  /// Answers a request that cannot go on, and ends the connection once the client has had the time to read the answer.
  private func fail(_ context: ChannelHandlerContext, _ error: TangorError) {
    guard !hasFailed else { return }
    // An answer that is under way to an earlier request cannot be followed by another; a request whose body was cut off has none.
    let isAnswerable = !isAnswering && (requestsInProgress == 0 || (isReadingRequest && requestsInProgress == 1))
    hasFailed = true
    if isAnswerable, let outlet {
      let problem = Problem(error, requestID: shared.nextRequestID())
      outlet.writeAndFlush(NIOAny(problem.encoded(accept: nil, date: shared.date(at: .now()), closes: true)), promise: nil)
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
    loop.schedule(self, at: .now() + .seconds(2))
  }
}
