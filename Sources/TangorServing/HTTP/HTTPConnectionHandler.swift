package import NIOCore
package import NIOHTTP1
import TangorCore
import TangorJSON

/// Watches one HTTP/1.1 connection from inside its pipeline, between NIO's parser and Hummingbird.
///
/// It answers what is quick at once and what cannot be parsed with a problem, cuts off requests that come too slowly and
/// connections that stand idle, asks for bodies that wait for `100 Continue`, and tells a waiting request when its client has gone.
package final class HTTPConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
  package typealias InboundIn = HTTPServerRequestPart
  package typealias InboundOut = HTTPServerRequestPart
  package typealias OutboundIn = HTTPServerResponsePart
  package typealias OutboundOut = HTTPServerResponsePart

  /// Bytes a second that a body must bring for its time to go on.
  private static let minimumRate = 1_024

  private let shared: HTTPServing
  /// Requests that went on to Hummingbird and whose answers have not ended.
  private var requestsInProgress = 0
  private var isReadingRequest = false
  /// Whether the client speaks HTTP/1.0, which knows neither chunks nor connections that stay open unasked.
  private var isOldClient = false
  /// Whether the parser has stopped behind a request that asks for another protocol.
  private var isUpgradeAsked = false
  private var mustClose = false
  private var hasFailed = false
  private var isGone = false
  private var quick: QuickAnswer?
  private var quickStart: ContinuousClock.Instant?
  private var quickURI = ""
  private var mustFlush = false
  private var lastActivity = NIODeadline.now()
  private var requestDeadline = NIODeadline.now()
  private var timer: Scheduled<Void>?
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

  private func gone() {
    isGone = true
    let handlers = goneHandlers.values
    goneHandlers = [:]
    for handler in handlers { handler() }
  }

  package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed {
      gone()
      if hasFailed { context.close(promise: nil) }
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
    timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
      self.timer = nil
      self.timeIsUp(context)
    }
  }

  private func timeIsUp(_ context: ChannelHandlerContext) {
    let now = NIODeadline.now()
    if isReadingRequest {
      guard now >= requestDeadline else { return schedule(context, at: requestDeadline) }
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
    var data = data
    switch Self.unwrapInboundIn(data) {
    case .head(var head):
      lastActivity = .now()
      isOldClient = head.version == .http1_0
      isUpgradeAsked = !isOldClient && head.headers.contains(name: "upgrade")
      // Hummingbird knows the word in this one spelling.
      if isOldClient || !head.isKeepAlive {
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        data = Self.wrapInboundOut(.head(head))
      }
      // A peer that does not read its answers takes the way through the server, which waits for it.
      if shared.quick != nil, requestsInProgress == 0, context.channel.isWritable, begin(head, context) { return }
      requestsInProgress += 1
      isReadingRequest = true
      requestDeadline = lastActivity + shared.requestTimeout
      // While an earlier answer is under way it must not be interrupted; a client sends its body unasked after a while.
      if requestsInProgress == 1, head.version == .http1_1, head.headers.first(name: "expect")?.lowercased() == "100-continue" {
        context.writeAndFlush(Self.wrapOutboundOut(.head(.init(version: .http1_1, status: .continue))), promise: nil)
      }
    case .body(let bytes):
      if bytes.readableBytes > 0 { requestDeadline = requestDeadline + .milliseconds(Int64(bytes.readableBytes * 1_000 / Self.minimumRate)) }
    case .end:
      if let answer = quick {
        quick = nil
        return write(answer)
      }
      isReadingRequest = false
    }
    context.fireChannelRead(data)
  }

  package func channelReadComplete(context: ChannelHandlerContext) {
    if mustFlush {
      mustFlush = false
      context.flush()
    }
    // The timer stands at the end of the idle time; a request that is still coming may have to end before.
    if isReadingRequest, requestDeadline < lastActivity + shared.idleTimeout, requestsInProgress > 0 {
      timer?.cancel()
      schedule(context, at: requestDeadline)
    }
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
    quickStart = start
    if start != nil { quickURI = String(request.path) }
    return true
  }

  private func write(_ answer: QuickAnswer) {
    guard let encoder else { return }
    let id = shared.nextRequestID()
    encoder.write(NIOAny(answer.encoded(requestID: id, date: shared.date(at: lastActivity))), promise: nil)
    mustFlush = true
    if let start = quickStart {
      shared.observe(quickURI, status: Int(answer.status.code), since: start, requestID: id, client: Client(channel: encoder.channel))
    }
  }

  // MARK: Responses

  package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if hasFailed {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    var data = data
    switch Self.unwrapOutboundIn(data) {
    case .head(var head):
      // The client would wait in vain for answers to what it sends after a request whose upgrade is refused.
      mustClose = isUpgradeAsked && requestsInProgress == 1 && head.status.code >= 200
      if isOldClient { head.version = .http1_0 }
      if mustClose { head.headers.replaceOrAdd(name: "Connection", value: "close") }
      if isOldClient || mustClose { data = Self.wrapOutboundOut(.head(head)) }
    case .end:
      requestsInProgress -= 1
      lastActivity = .now()
      if mustClose {
        context.writeAndFlush(data, promise: promise)
        return closeSoon(context)
      }
    case .body: break
    }
    context.write(data, promise: promise)
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
    if isAnswerable {
      let id = shared.nextRequestID()
      let problem = Problem(error, requestID: id).json.bytes
      let headers: HTTPHeaders = [
        "Content-Type": "application/problem+json", "Content-Length": String(problem.count), "Connection": "close",
        "Cache-Control": "no-store", "X-Request-Id": id, "Date": shared.date(at: .now()),
      ]
      let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: error.code.status), headers: headers)
      context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
      context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: problem)))), promise: nil)
      context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
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

extension QuickAnswer {
  /// The whole response as it goes out.
  fileprivate func encoded(requestID: String, date: String) -> ByteBuffer {
    let body = error.map { ByteBuffer(bytes: Problem($0, requestID: requestID).json.bytes) } ?? self.body
    var buffer = ByteBufferAllocator().buffer(capacity: body.readableBytes + 256)
    if status == .ok { buffer.writeStaticString("HTTP/1.1 200 OK\r\nContent-Type: ") } else {
      buffer.writeString("HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\nContent-Type: ")
    }
    buffer.writeStaticString(contentType)
    buffer.writeStaticString("\r\nContent-Length: ")
    buffer.writeString(String(body.readableBytes))
    if !isCacheable { buffer.writeStaticString("\r\nCache-Control: no-store") }
    if let extra {
      buffer.writeStaticString("\r\n")
      buffer.writeStaticString(extra.name)
      buffer.writeStaticString(": ")
      buffer.writeString(extra.value)
    }
    buffer.writeStaticString("\r\nX-Request-Id: ")
    buffer.writeString(requestID)
    buffer.writeStaticString("\r\nDate: ")
    buffer.writeString(date)
    buffer.writeStaticString("\r\n\r\n")
    buffer.writeImmutableBuffer(body)
    return buffer
  }
}
