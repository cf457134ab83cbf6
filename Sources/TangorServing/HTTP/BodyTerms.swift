package import NIOCore
package import TangorCore

/// What holds for the body of a request that is streamed somewhere instead of being read whole.
///
/// Such a body may take as long as it needs while its bytes come, and `100 Continue` is sent only when who answers the request
/// asks for the body with ``IncomingBody``: what is refused by its headers is never sent at all.
package struct BodyTerms: Sendable {
  let idleTimeout: TimeAmount
  let minimumRate: Int

  /// - Parameters:
  ///   - idleTimeout: How long no byte may come while the server reads; 408 beyond.
  ///   - minimumRate: Bytes a second that must come, beyond that time; nil where any byte is enough.
  package init(idleTimeout: Duration, minimumRate: ByteSize? = nil) {
    self.idleTimeout = TimeAmount(idleTimeout)
    self.minimumRate = minimumRate?.bytes ?? 0
  }

  func pace(at now: NIODeadline) -> TransferPace { TransferPace(patience: idleTimeout, rate: minimumRate, now: now) }
}

/// The body of a request that is being received.
package struct IncomingBody: Sendable {
  /// How a body ended.
  package enum Ending: Sendable {
    case whole
    /// The connection ended within it.
    case cut
    /// It came too slowly; the client was told.
    case late
  }

  /// The connection, which outlives its place in the pipeline here; nil where there is none, as in tests without sockets.
  private let connection: NIOLoopBound<HTTPConnectionHandler>?
  private let eventLoop: any EventLoop

  /// Asks the client for the body of the request that is being answered, where it waits to be asked.
  package init(on channel: any Channel) async {
    eventLoop = channel.eventLoop
    let found = channel.eventLoop.submit { () -> NIOLoopBound<HTTPConnectionHandler>? in
      guard let handler = try? channel.pipeline.syncOperations.handler(type: HTTPConnectionHandler.self) else { return nil }
      handler.continueBody()
      return NIOLoopBound(handler, eventLoop: channel.eventLoop)
    }
    connection = try? await found.get()
  }

  /// Whether the connection ended within a request, so that a body without a length which seems to have ended may lack something.
  package func wasCut() async -> Bool { await ending() != .whole }

  /// How the body ended, once no more of it comes.
  package func ending() async -> Ending {
    guard let connection else { return .whole }
    return (try? await eventLoop.submit { connection.value.bodyEnding }.get()) ?? .cut
  }
}
