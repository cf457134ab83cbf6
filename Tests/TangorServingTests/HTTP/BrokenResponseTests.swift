import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization
import TangorCore
import TangorTesting
import Testing

@testable import TangorServing

/// Answers that fail behind their first part: the client can tell, and the log tells why.
@Suite(.timeLimit(.minutes(1))) struct BrokenResponseTests {
  private struct Dry: Error {}

  private static func routes(_ read: Signal) -> (Router<TangorRequestContext>, WebSocketRegistry) -> Void {
    { router, _ in
      for (path, length) in [("/chunked", nil), ("/measured", 100)] as [(RouterPath, Int?)] {
        router.get(path) { _, context in
          let body = ResponseBody(contentLength: length) { writer in
            try await writer.write(ByteBuffer(string: "first"))
            await read.wait()
            throw Dry()
          }
          return Response(status: .ok, body: length == nil ? body : body.logged(by: context.logger))
        }
      }
    }
  }

  @Test func aChunkedBodyHasNoEnd() async throws {
    let (read, lines) = (Signal(), LogLines())
    try await TestServer.run(logger: lines.logger, routes: Self.routes(read)) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send("GET /chunked HTTP/1.1\r\nHost: a\r\nX-Request-Id: of-this-test\r\n\r\n")
      #expect(try await client.receive(upTo: "first\r\n").hasSuffix("\r\n5\r\nfirst\r\n"), "the part came before the error")
      read.fire()
      #expect(try await client.receiveToEnd() == "", "no terminating chunk, nor a second answer")
      await lines.waitFor { $0.message == "Response broke off" && $0.metadata.contains("Dry()") && $0.metadata.contains("of-this-test") }
    }
  }

  @Test func aBodyOfKnownLengthIsShort() async throws {
    let (read, lines) = (Signal(), LogLines())
    try await TestServer.run(logger: lines.logger, routes: Self.routes(read)) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send("GET /measured HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(try await client.receive(upTo: "first").contains("Content-Length: 100\r\n"))
      read.fire()
      #expect(try await client.receiveToEnd() == "")
      await lines.waitFor { $0.message == "Response broke off" }
    }
  }

  @Test func aClientThatLeavesIsNoFailure() async throws {
    let (lines, wrote) = (LogLines(), Signal())
    try await TestServer.run(
      logger: lines.logger,
      routes: { router, _ in
        router.get("/endless") { _, _ in
          Response(
            status: .ok,
            body: .init { writer in
              while true {
                try await writer.write(ByteBuffer(repeating: 65, count: 65_536))
                wrote.fire()
              }
            })
        }
      }
    ) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n")
      await wrote.wait()
      try await client.abort()
      await lines.waitFor { $0.level == .debug && $0.message == "The client did not take the whole response" }
      #expect(!lines.all.contains { $0.level >= .error })
    }
  }
}

/// What a server logs.
private final class LogLines: Sendable {
  struct Line: Sendable {
    let level: Logger.Level
    let message: String
    let metadata: String
  }

  private struct Handler: LogHandler {
    let lines: LogLines
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.debug
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }
    func log(event: LogEvent) {
      let all = metadata.merging(event.metadata ?? [:]) { $1 }
      lines.add(Line(level: event.level, message: "\(event.message)", metadata: "\(all)"))
    }
  }

  private let state = Mutex(
    (lines: [Line](), waiters: [(holds: @Sendable (Line) -> Bool, continuation: CheckedContinuation<Void, Never>)]()))

  var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }
  var all: [Line] { state.withLock { $0.lines } }

  private func add(_ line: Line) {
    let woken = state.withLock { state in
      state.lines.append(line)
      let woken = state.waiters.filter { $0.holds(line) }
      state.waiters.removeAll { $0.holds(line) }
      return woken.map(\.continuation)
    }
    for waiter in woken { waiter.resume() }
  }

  /// Waits for a line; one that is there already counts.
  func waitFor(_ holds: @escaping @Sendable (Line) -> Bool) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.lines.contains(where: holds) { return true }
        state.waiters.append((holds, continuation))
        return false
      }
      if isThere { continuation.resume() }
    }
  }
}
