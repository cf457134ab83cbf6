import HTTPTypes
import Hummingbird
import NIOCore
import TangorCore
import TangorTesting
import Testing

@testable import TangorServing

/// Clients that do not take what they asked for.
@Suite(.timeLimit(.minutes(1))) struct WriteTimeoutTests {
  /// Serves `/large`, more than sockets hold, and tells how writing it ended.
  private static func serve(
    timeout: Duration, ended: Signal, wrote: Signal = Signal(), size: Int = 256 << 20,
    _ body: @Sendable @escaping (TestServer) async throws -> Void
  ) async throws {
    try await TestServer.run(
      change: { $0.writeTimeout = timeout },
      routes: { router, _ in
        router.get("/large") { _, _ in
          Response(
            status: .ok,
            body: .init(contentLength: size) { writer in
              let part = ByteBuffer(repeating: 0x61, count: 1 << 20)
              for _ in 0..<(size >> 20) { try await writer.write(part) }
              try await writer.finish(nil)
              wrote.fire()
            })
        }
        router.get("/endless") { _, _ in
          Response(
            status: .ok,
            body: .init { writer in
              defer { ended.fire() }
              let part = ByteBuffer(repeating: 0x61, count: 65_536)
              while true { try await writer.write(part) }
            })
        }
        router.get("/whole") { _, _ in Response(status: .ok, body: .init(byteBuffer: ByteBuffer(repeating: 0x61, count: size))) }
        router.get("/hello") { _, _ in "hello" }
      }, body)
  }

  @Test func whoTakesNothingIsCutOff() async throws {
    let ended = Signal()
    try await Self.serve(timeout: .milliseconds(100), ended: ended) { server in
      let client = try await RawConnection(port: server.port, takesBytes: false)
      try await client.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n")
      // The route hears of it, so nothing waits for the client any more; it took no byte.
      await ended.wait()
      await client.gone()
      #expect(try await RawConnection(port: server.port).get("/hello").body == "hello")
    }
  }

  @Test func whoTakesAllInTimeGetsAll() async throws {
    let (ended, wrote) = (Signal(), Signal())
    try await Self.serve(timeout: .seconds(20), ended: ended, wrote: wrote, size: 32 << 20) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
      _ = try await client.receive(upTo: "\r\n\r\n")
      _ = try await client.receive(count: 32 << 20)
      await wrote.wait()
      #expect(try await client.get("/hello").body == "hello")
    }
  }

  @Test func aWholeAnswerCountsToo() async throws {
    try await Self.serve(timeout: .milliseconds(100), ended: Signal(), size: 64 << 20) { server in
      let client = try await RawConnection(port: server.port, takesBytes: false)
      try await client.send("GET /whole HTTP/1.1\r\nHost: a\r\n\r\n")
      await client.gone()
    }
  }
}
