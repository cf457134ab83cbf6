import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Sets up the connections of a Hummingbird server so that an idle one is cheap.
///
/// A new connection has a parser and an ``HTTPConnectionHandler``, and nothing else. What answers through the router takes more
/// (an encoder, a translation, channels into Swift concurrency, a task), and is put in place by the first request that goes there;
/// it then stays. A connection that stands idle, is given quick answers alone, or waits parked, never has it.
final class HTTPChannel: HTTPChannelHandler {
  struct Value: ServerChildChannelValue {
    let channel: any Channel
  }

  let responder: HTTPChannelHandler.Responder
  private let shared: HTTPServing

  init(shared: HTTPServing, responder: @escaping HTTPChannelHandler.Responder) {
    self.shared = shared
    self.responder = responder
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      // Hummingbird's parser would drop what a client sends right behind its request to upgrade; this one passes it on.
      let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: shared.parserLimits)
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandler(ByteToMessageHandler(decoder))
      try pipeline.addHandler(HTTPConnectionHandler(shared: shared, channel: self, eventLoop: channel.eventLoop))
      return Value(channel: channel)
    }
  }

  /// There is nothing to do for a connection yet: its task belongs to ``HTTPConnections``.
  func handle(value: Value, logger: Logger) async {}

  /// Puts in place what the router needs; once for a connection, on its event loop, before a request is passed on.
  ///
  /// - Parameter handler: The connection's handler, which has entered the ``HTTPConnections``.
  /// - Returns: The encoder's place in the pipeline.
  func begin(_ handler: HTTPConnectionHandler, on channel: any Channel) throws -> ChannelHandlerContext {
    let pipeline = channel.pipeline.syncOperations
    let encoder = HTTPResponseEncoder()
    try pipeline.addHandler(encoder, position: .before(handler))
    try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false), position: .after(handler))
    let place = try pipeline.context(handler: encoder)
    // Last, because nothing may fail once it is there: it has to be run.
    let connection = try NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>(
      wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    shared.connections.start { [self] in await handleHTTP(asyncChannel: connection, logger: shared.logger) }
    return place
  }
}
