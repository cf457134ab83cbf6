public import HTTPTypes
public import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Synchronization

/// Checks that a middleware keeps streams: that it passes each part of an answer on when it is written, holds nothing back, lets errors
/// and a slow client's pressure through, and passes the request's body on as it comes.
///
/// ```swift
/// @Test func keepsTheStream() async {
///   let probe = StreamingProbe(MyMiddleware<TangorRequestContext>())
///   #expect(await probe.findings() == [])
/// }
/// ```
///
/// The middleware runs alone, between a route of the probe's and a client of the probe's, without a server or a clock. Only where
/// something does not come does the probe wait, for its ``patience``. It finds what a middleware does to the answers and requests that
/// it is shown; what that depends on (a header, a media type) is given with ``requestHeaders`` and ``responseHeaders``.
public struct StreamingProbe<Context: Sendable>: Sendable {
  /// The headers of the request.
  public var requestHeaders: HTTPFields = [:]
  /// The headers of the route's answer.
  public var responseHeaders: HTTPFields = [.contentType: "text/plain; charset=utf-8"]
  /// The parts that the route writes, at least two.
  public var parts = ["first part, ", "second part, ", "third part, ", "and the last"]
  /// Undoes what the middleware does to the body on purpose, such as compression: from the answer's headers and all bytes that came so far
  /// to the bytes that were written. Nothing by default.
  public var decode: @Sendable (HTTPFields, [UInt8]) throws -> [UInt8] = { $1 }
  /// How long the probe waits for what should come at once. Default 2 s.
  public var patience = Duration.seconds(2)

  let middleware: any MiddlewareProtocol<Request, Response, Context>
  let makeContext: @Sendable () -> Context

  /// - Parameters:
  ///   - middleware: What is checked.
  ///   - makeContext: Makes the context of a request.
  public init(_ middleware: any MiddlewareProtocol<Request, Response, Context>, makeContext: @escaping @Sendable () -> Context) {
    self.middleware = middleware
    self.makeContext = makeContext
  }

  /// What the middleware does wrong: nothing, if it keeps streams.
  public func findings() async -> [StreamingFinding] {
    let record = Record()
    await checkParts(record)
    await checkError(record)
    await checkPressure(record)
    await checkGoneClient(record)
    await checkInput(record)
    return record.findings
  }

  // MARK: Running

  /// What was found so far.
  final class Record: Sendable {
    private let list = Mutex<[StreamingFinding]>([])

    var findings: [StreamingFinding] { list.withLock { $0 } }

    func add(_ rule: StreamingFinding.Rule, _ detail: String) {
      list.withLock { if !$0.contains(where: { $0.rule == rule }) { $0.append(StreamingFinding(rule: rule, detail: detail)) } }
    }
  }

  /// What the route throws where it fails on purpose.
  struct RouteFailure: Error {}

  typealias Write = @Sendable (inout any ResponseBodyWriter, _ headers: HTTPFields) async throws -> Void

  /// Runs a request through the middleware; the route answers with a body that is written piece by piece.
  ///
  /// - Returns: Whether the body was written to its end without an error.
  @discardableResult
  func run(_ record: Record, to sink: ProbeSink, _ write: @escaping Write) async -> Bool {
    let shared = Shared()
    let request = Request(
      head: HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/probe", headerFields: requestHeaders),
      body: RequestBody(buffer: ByteBuffer()))
    do {
      let response = try await middleware.handle(request, context: makeContext()) { _, _ in
        Response(
          status: .ok, headers: responseHeaders,
          body: ResponseBody { writer in
            guard let headers = shared.headers else {
              record.add(.holdsHead, "The answer's body was read before its head was passed on.")
              throw RouteFailure()
            }
            try await write(&writer, headers)
          })
      }
      shared.headers = response.headers
      do {
        try await response.body.write(ProbeSink.Writer(sink: sink))
        return true
      } catch { return false }
    } catch {
      if !record.findings.contains(where: { $0.rule == .holdsHead }) {
        record.add(.fails, "A plain GET was answered with an error: \(error)")
      }
      return false
    }
  }

  /// The headers of an answer, once the middleware has given it.
  final class Shared: Sendable {
    private let state = Mutex<HTTPFields?>(nil)
    var headers: HTTPFields? {
      get { state.withLock { $0 } }
      set { state.withLock { $0 = newValue } }
    }
  }
}

extension StreamingProbe where Context: InitializableFromSource<ApplicationRequestContextSource> {
  /// - Parameter middleware: What is checked.
  public init(_ middleware: any MiddlewareProtocol<Request, Response, Context>) {
    self.init(middleware) {
      // A request's id is in its logger; what the probe provokes is for nobody's log.
      var logger = Logger(label: "probe")
      logger[metadataKey: "hb.request.id"] = "probe"
      logger.logLevel = .critical
      return Context(source: ApplicationRequestContextSource(channel: NIOAsyncTestingChannel(), logger: logger))
    }
  }
}
