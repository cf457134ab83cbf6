import HTTPTypes
package import NIOCore
import NIOHTTP1
package import NIOHTTPTypes
import TangorCore
import TangorJSON

/// Watches one HTTP connection from inside its pipeline: answers what cannot be parsed, cuts off bodies that come too slowly,
/// asks for bodies that wait for `100 Continue`, and tells a waiting request when its client has gone.
package final class ConnectionMonitor: ChannelDuplexHandler, RemovableChannelHandler {
  package typealias InboundIn = HTTPRequestPart
  package typealias InboundOut = HTTPRequestPart
  package typealias OutboundIn = HTTPResponsePart
  package typealias OutboundOut = HTTPResponsePart

  /// Bytes a second that a body must bring, once its time is over, for the time to go on.
  private static let minimumRate = 1_024

  private let requestTimeout: TimeAmount
  private var responsesDue = 0
  private var hasFailed = false
  private var isReadingBody = false
  private var bodyDeadline = NIODeadline.now()
  private var bodyTimer: Scheduled<Void>?
  private var goneHandlers: [Int: @Sendable () -> Void] = [:]
  private var nextGoneHandler = 0
  private var isGone = false

  package init(requestTimeout: Duration) { self.requestTimeout = TimeAmount(requestTimeout) }

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
    bodyTimer?.cancel()
    bodyTimer = nil
    gone()
    context.fireChannelInactive()
  }

  // MARK: Requests that come

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch Self.unwrapInboundIn(data) {
    case .head(let head):
      responsesDue += 1
      isReadingBody = true
      bodyDeadline = .now() + requestTimeout
      if head.headerFields[.expect]?.lowercased() == "100-continue" {
        context.writeAndFlush(Self.wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
      }
    case .body(let bytes):
      bodyDeadline = bodyDeadline + .milliseconds(Int64(bytes.readableBytes * 1_000 / Self.minimumRate))
    case .end:
      isReadingBody = false
      bodyTimer?.cancel()
      bodyTimer = nil
    }
    context.fireChannelRead(data)
  }

  package func channelReadComplete(context: ChannelHandlerContext) {
    if isReadingBody, bodyTimer == nil { watchBody(context) }
    context.fireChannelReadComplete()
  }

  private func watchBody(_ context: ChannelHandlerContext) {
    bodyTimer = context.eventLoop.assumeIsolated().scheduleTask(deadline: bodyDeadline) {
      self.bodyTimer = nil
      guard self.isReadingBody else { return }
      if NIODeadline.now() < self.bodyDeadline { return self.watchBody(context) }
      self.fail(context, TangorError(.requestTimeout, "The request's body came too slowly."))
    }
  }

  package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if hasFailed {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    if case .end = Self.unwrapOutboundIn(data) { responsesDue -= 1 }
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
    hasFailed = true
    // An answer that is under way to an earlier request, or to this one, cannot be followed by another.
    let isAnswerable = responsesDue == 0 || (isReadingBody && responsesDue == 1 && error.code == .requestTimeout)
    if isAnswerable {
      let problem = Problem(error, requestID: "none").json.bytes
      var head = HTTPResponse(status: .init(code: error.code.status))
      head.headerFields[.contentType] = "application/problem+json"
      head.headerFields[.contentLength] = String(problem.count)
      head.headerFields[.connection] = "close"
      context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
      context.write(Self.wrapOutboundOut(.body(ByteBuffer(bytes: problem))), promise: nil)
      context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
      context.close(mode: .output, promise: nil)
      context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(2)) { context.close(promise: nil) }
    } else {
      context.close(promise: nil)
    }
    gone()
  }
}
