import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization
import TangorCore
import TangorJSON
import TangorServing
import TangorStreams
import TangorTesting
import Testing

@testable import TangorServices

/// Signals that come when a test says so.
private final class TestSignals: OperationSignals {
  let waits = Signal()
  private let answers: AsyncStream<(name: String, value: JSONFragment)?>
  private let answer: AsyncStream<(name: String, value: JSONFragment)?>.Continuation
  private let sent = Mutex<[String]>([])

  init() { (answers, answer) = AsyncStream.makeStream() }

  var sentNames: [String] { sent.withLock { $0 } }
  func give(_ found: (name: String, value: JSONFragment)?) { answer.yield(found) }

  func wait(forAny names: [String], within timeout: Duration?) async throws -> (name: String, value: JSONFragment)? {
    waits.fire()
    for await found in answers { return found }
    throw CancellationError()
  }

  func send(_ name: String, value: JSONFragment) throws -> Int {
    sent.withLock { $0.append("\(name)=\(value)") }
    return 2
  }
}

/// Hands a script's operations out, and keeps what came of each.
private struct Script: Coroutine {
  let operations: [ServiceOperation]
  let results: @Sendable (OperationResult?) -> Void
  var index = 0

  init(_ operations: [ServiceOperation], results: @escaping @Sendable (OperationResult?) -> Void = { _ in }) {
    self.operations = operations
    self.results = results
  }

  mutating func next(_ result: OperationResult?) throws -> ServiceOperation? {
    results(result)
    defer { index += 1 }
    return index < operations.count ? operations[index] : nil
  }
}

private final class Results: Sendable {
  private let all = Mutex<[String]>([])
  var texts: [String] { all.withLock { $0 } }
  func add(_ text: String) { all.withLock { $0.append(text) } }
  func add(_ result: OperationResult?) {
    switch result {
    case nil: add("begin")
    case .done: add("done")
    case .signal(let name, let value): add("\(name)=\(value)")
    case .timedOut: add("timed out")
    case .woken(let count): add("woken \(count)")
    case .bytes(let bytes): add("bytes \(String(buffer: bytes))")
    case .value(let value): add("value \(value)")
    case .failed(let error): add("failed \(error.code.name)")
    }
  }
}

@Suite(.timeLimit(.minutes(1))) struct OperationTests {
  private let clock = ManualClock()
  private let signals = TestSignals()
  private let results = Results()

  private func driver(body: String = "", signals: Bool = true) -> OperationDriver {
    OperationDriver(
      signals: signals ? self.signals : nil, input: RequestInput(ByteBuffer(string: body)), time: TimeSource(clock))
  }

  private func run(_ operations: [ServiceOperation], body: String = "", signals: Bool = true) async throws {
    let results = results
    try await driver(body: body, signals: signals).run(Script(operations) { results.add($0) }) { results.add("> \(String(buffer: $0))") }
  }

  @Test func partsGoOutBeforeThePause() async throws {
    let running = Task { try await run([.write("a"), .sleep(.seconds(5)), .write("b"), .write(""), .yield]) }
    await clock.sleepers()
    #expect(results.texts == ["begin", "> a", "done"], "what was written before the pause is out")
    clock.advance(by: .seconds(5))
    try await running.value
    #expect(results.texts == ["begin", "> a", "done", "done", "> b", "done", "done", "done"])
  }

  @Test func signalsComeWithTheirValuesOrNot() async throws {
    let operations: [ServiceOperation] = [
      .wait(signal: "abc", timeout: .seconds(1)), .wait(signals: ["a", "b"], timeout: nil), .send(signal: "c", value: JSONFragment(1)),
    ]
    signals.give(("abc", JSONFragment("hi")))
    signals.give(nil)
    try await run(operations)
    #expect(results.texts == ["begin", #"abc="hi""#, "timed out", "woken 2"])
    #expect(signals.sentNames == ["c=1"])
  }

  @Test func theBodyIsReadInPieces() async throws {
    try await run([.read(upTo: 3), .read(upTo: 10), .read(upTo: 1), .read(upTo: 0)], body: "abcde")
    #expect(results.texts == ["begin", "bytes abc", "bytes de", "bytes ", "failed invalid_parameters"])
  }

  @Test func failuresAreToldToTheCoroutine() async throws {
    struct Odd: Error {}
    try await run(
      [
        .perform { throw Odd() }, .perform { JSONFragment(7) }, .sleep(.seconds(-1)), .sleep(.seconds(1_000_000)), .wait(signal: "a"),
        .write("still here"),
      ],
      signals: false)
    #expect(
      results.texts == [
        "begin", "failed service_failed", "value 7", "failed invalid_parameters", "failed invalid_parameters", "failed internal_error",
        "> still here", "done",
      ])
  }

  @Test func aClientThatHasGoneEndsIt() async throws {
    struct Gone: Error {}
    let results = results
    await #expect(throws: Gone.self) {
      try await driver().run(Script([.write("a"), .write("b")]) { results.add($0) }) { _ in throw Gone() }
    }
    #expect(results.texts == ["begin"])
    let running = Task { try await run([.wait(signal: "never")]) }
    await signals.waits.wait()
    running.cancel()
    await #expect(throws: CancellationError.self) { try await running.value }
    #expect(results.texts == ["begin", "begin"], "what is cancelled goes no further")
  }

  @Test func aServiceMayReturnOperations() async throws {
    let (services, signals) = (ServiceRegistry(), signals)
    try services.add("/steps") { _ in .operations(type: "text/plain", [.write("a"), .yield, .write("b")]) }
    try services.add("/echo") { _ in
      .operations(type: "text/plain") {
        Echo()
      }
    }
    let responder = ServiceResponder<TangorRequestContext>(
      services, streams: StreamRegistry(), polls: PollRegistry(), signals: signals, bodyLimit: .kibibytes(1), serveFile: nil)
    let router = Router(context: TangorRequestContext.self)
    for method in [HTTPRequest.Method.get, .post, .head] {
      router.on("**", method: method) { request, context in
        try #require(try await responder.respond(to: request, at: request.uri.path[...], context: context))
      }
    }
    try await Application(router: router).test(.router) { client in
      try await client.execute(uri: "/steps", method: .get) { response in
        #expect(String(buffer: response.body) == "ab" && response.headers[.contentType] == "text/plain")
      }
      try await client.execute(uri: "/steps", method: .head) { #expect($0.status == .ok && $0.body.readableBytes == 0) }
      try await client.execute(uri: "/echo", method: .post, body: ByteBuffer(string: "abcdefg")) { response in
        #expect(String(buffer: response.body) == "[abc][def][g]")
      }
    }
  }

  /// Writes what it reads, three bytes at a time.
  private struct Echo: Coroutine {
    mutating func next(_ result: OperationResult?) throws -> ServiceOperation? {
      switch result {
      case .bytes(let bytes): bytes.readableBytes == 0 ? nil : .write("[\(String(buffer: bytes))]")
      case .failed(let error): throw error
      default: .read(upTo: 3)
      }
    }
  }
}
