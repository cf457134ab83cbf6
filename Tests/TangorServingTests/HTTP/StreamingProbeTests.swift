import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import TangorProbe
import Testing

@testable import TangorServing

/// The probe finds what it is there to find, and our own middleware has none of it.
@Suite(.timeLimit(.minutes(1))) struct StreamingProbeTests {
  private typealias Context = TangorRequestContext

  private func probe(_ middleware: some MiddlewareProtocol<Request, Response, Context>) -> StreamingProbe<Context> {
    var probe = StreamingProbe<Context>(middleware)
    probe.patience = .milliseconds(200)
    return probe
  }

  private func rules(_ middleware: some MiddlewareProtocol<Request, Response, Context>) async -> Set<StreamingFinding.Rule> {
    Set(await probe(middleware).findings().map(\.rule))
  }

  // MARK: Ours

  @Test func theObserverKeepsStreams() async {
    var probe = StreamingProbe<Context>(RequestObserver())
    #expect(await probe.findings() == [])
    // A body of known length is not wrapped, one without is.
    probe.responseHeaders = [:]
    #expect(await probe.findings() == [])
  }

  @Test(arguments: ["gzip", "deflate", "identity"], ["text/plain", "text/event-stream", "image/png"])
  func compressionKeepsStreams(coding: String, type: String) async {
    var probe = StreamingProbe<Context>(CompressionMiddleware())
    probe.requestHeaders = [.acceptEncoding: coding]
    probe.responseHeaders = [.contentType: type]
    probe.decode = { headers, bytes in
      guard let coding = headers[.contentEncoding] else { return bytes }
      return try inflated(bytes, coding).bytes
    }
    #expect(await probe.findings() == [])
  }

  @Test func bothTogetherKeepStreams() async {
    struct Both: RouterMiddleware {
      func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response {
        try await RequestObserver().handle(request, context: context) { request, context in
          try await CompressionMiddleware().handle(request, context: context, next: next)
        }
      }
    }
    var probe = StreamingProbe<Context>(Both())
    probe.requestHeaders = [.acceptEncoding: "gzip"]
    probe.decode = { try inflated($1, $0[.contentEncoding] ?? "").bytes }
    #expect(await probe.findings() == [])
  }

  // MARK: Others'

  /// A middleware that does something to the body of answers.
  private struct Rewriting: RouterMiddleware {
    let rewrite: @Sendable (ResponseBody) async throws -> ResponseBody

    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response {
      var response = try await next(request, context)
      response.body = try await rewrite(response.body)
      return response
    }
  }

  /// Takes all that is written and passes it on as told.
  private final class Taken: Sendable {
    let bytes = Mutex(ByteBuffer())

    struct Writer: ResponseBodyWriter {
      let taken: Taken
      func write(_ buffer: ByteBuffer) async throws { taken.bytes.withLock { _ = $0.writeImmutableBuffer(buffer) } }
      consuming func finish(_: HTTPFields?) async throws {}
    }
  }

  @Test func whoWritesAllAtTheEndIsFound() async {
    let buffering = Rewriting { body in
      ResponseBody { writer in
        let taken = Taken()
        try await body.write(Taken.Writer(taken: taken))
        try await writer.write(taken.bytes.withLock { $0 })
        try await writer.finish(nil)
      }
    }
    let found = await rules(buffering)
    #expect(found.contains(.delaysParts))
    #expect(!found.contains(.holdsInput) && !found.contains(.swallowsErrors))
  }

  @Test func whoReadsTheBodyBeforeTheHeadIsFound() async {
    let measuring = Rewriting { body in
      let taken = Taken()
      try await body.write(Taken.Writer(taken: taken))
      return ResponseBody(byteBuffer: taken.bytes.withLock { $0 })
    }
    #expect(await rules(measuring).contains(.holdsHead))
  }

  @Test func whoSwallowsErrorsIsFound() async {
    let quiet = Rewriting { body in
      ResponseBody { writer in
        let (first, _) = (writer, ())
        do { try await body.write(first) } catch { try await writer.finish(nil) }
      }
    }
    let found = await rules(quiet)
    #expect(found.contains(.swallowsErrors) && found.contains(.finishesBrokenBody) && found.contains(.hidesGoneClients))
  }

  @Test func whoQueuesWithoutBoundIsFound() async {
    let queueing = Rewriting { body in
      ResponseBody { writer in
        let (parts, source) = AsyncStream<ByteBuffer>.makeStream()
        struct Queue: ResponseBodyWriter {
          let source: AsyncStream<ByteBuffer>.Continuation
          func write(_ buffer: ByteBuffer) async throws { source.yield(buffer) }
          consuming func finish(_: HTTPFields?) async throws { source.finish() }
        }
        async let writing: Void = {
          defer { source.finish() }
          try await body.write(Queue(source: source))
        }()
        for await part in parts { try await writer.write(part) }
        try await writing
        try await writer.finish(nil)
      }
    }
    let found = await rules(queueing)
    #expect(found.contains(.ignoresBackpressure))
    #expect(!found.contains(.delaysParts), "what comes soon is not late")
  }

  @Test func whoChangesOrLosesBytesIsFound() async {
    #expect(
      await rules(Rewriting { body in body.map { $0.readableBytes > 11 ? ByteBuffer(string: "another text.") : $0 } }).contains(
        .changesBody))
    #expect(await rules(Rewriting { body in body.map { _ in ByteBuffer() } }).contains(.delaysParts))
    let endless = Rewriting { body in
      ResponseBody { writer in
        struct Unfinished: ResponseBodyWriter {
          var next: any ResponseBodyWriter
          mutating func write(_ buffer: ByteBuffer) async throws { try await next.write(buffer) }
          consuming func finish(_: HTTPFields?) async throws {}
        }
        try await body.write(Unfinished(next: writer))
      }
    }
    #expect(await rules(endless) == [.doesNotFinish])
  }

  @Test func whoCollectsTheRequestIsFound() async {
    struct Collecting: RouterMiddleware {
      func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response {
        var request = request
        _ = try await request.collectBody(upTo: 1 << 20)
        return try await next(request, context)
      }
    }
    #expect(await rules(Collecting()) == [.holdsInput])
  }

  @Test func whoRefusesIsFound() async {
    struct Refusing: RouterMiddleware {
      func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response {
        throw HTTPError(.forbidden)
      }
    }
    #expect(await rules(Refusing()).contains(.fails))
  }
}
