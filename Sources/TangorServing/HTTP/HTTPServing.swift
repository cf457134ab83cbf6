package import HummingbirdCore
package import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import Synchronization
import TangorCore

/// What the HTTP connections of one server share: limits in time, quick answers, request ids and the date.
package final class HTTPServing: Sendable {
  let idleTimeout: TimeAmount
  let requestTimeout: TimeAmount
  let writeTimeout: TimeAmount
  /// The connections, and the tasks of those that have one: a service that belongs before the HTTP server.
  package let connections = HTTPConnections()
  let parserLimits: NIOHTTPDecoderLimitConfiguration
  let quick: (any QuickResponder)?
  let bodyTerms: (@Sendable (_ method: String, _ uri: String) -> BodyTerms?)?
  private let metrics = RequestMetrics()
  let logger: Logger
  private let idPrefix = UInt64.random(in: .min ... .max)
  private let idCounter = Atomic<UInt64>(0)
  private let dateCache = NIOLockedValueBox<(second: UInt64, text: String)>((0, ""))

  /// - Parameters:
  ///   - configuration: The limits.
  ///   - quick: What answers on the event loop, before the router; `nil` when all requests must pass the middleware.
  ///   - logger: Where quick answers are told, at level `info`.
  ///   - bodyTerms: What holds for the body of a request that is streamed somewhere; `nil` for all others.
  package init(
    configuration: ServingConfiguration, quick: (any QuickResponder)?, logger: Logger,
    bodyTerms: (@Sendable (_ method: String, _ uri: String) -> BodyTerms?)? = nil
  ) {
    idleTimeout = TimeAmount(configuration.idleTimeout)
    requestTimeout = TimeAmount(configuration.requestTimeout)
    writeTimeout = TimeAmount(configuration.writeTimeout)
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderListSize = configuration.maximumHeaderSize.bytes
    limits.maxHeaderFieldSize = configuration.maximumHeaderSize.bytes
    parserLimits = limits
    self.quick = quick
    self.bodyTerms = bodyTerms
    self.logger = logger
  }

  /// What makes a Hummingbird application serve in this way. The application needs ``connections`` among its services.
  package var server: HTTPServerBuilder { HTTPServerBuilder { HTTPChannel(shared: self, responder: $0) } }

  /// Whether anyone wants to know of quick answers one by one.
  var observesQuickAnswers: Bool { logger.logLevel <= .info || metrics.isObserved }

  func observe(_ path: String, status: Int, since start: ContinuousClock.Instant, requestID: String, client: Client) {
    let duration = start.duration(to: .now)
    metrics.record(status: status, duration: duration)
    guard logger.logLevel <= .info else { return }
    logger.info(
      "GET \(path) \(status)",
      metadata: ["ms": "\(duration.roundedMilliseconds)", "client": "\(client.address)", "hb.request.id": "\(requestID)"])
  }

  /// Tells the log of a failure whose cause clients may not read.
  func report(_ error: TangorError, requestID: String) {
    logger.error("Request failed", metadata: ["error": "\(error.underlying ?? error)", "hb.request.id": "\(requestID)"])
  }

  /// A fresh request id of 32 hexadecimal digits.
  func nextRequestID() -> String {
    let (_, count) = idCounter.wrappingAdd(1, ordering: .relaxed)
    return Key(high: idPrefix, low: count).description
  }

  /// The date as HTTP writes it (RFC 9110, section 5.6.7), made anew once a second.
  func date(at moment: NIODeadline) -> String {
    let second = moment.uptimeNanoseconds / 1_000_000_000
    return dateCache.withLockedValue { cache in
      if cache.second != second { cache = (second, HTTPDate(seconds: FileSystem.now / 1_000_000_000).description) }
      return cache.text
    }
  }
}
