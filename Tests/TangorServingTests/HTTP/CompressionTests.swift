import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import TangorCore
import TangorTesting
import Testing

@testable import TangorServing

@Suite(.timeLimit(.minutes(1))) struct CompressionTests {
  private static let text = String(repeating: "a text that is worth it, ", count: 200)

  private func ask(
    _ accept: String?, method: HTTPRequest.Method = .get, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:],
    body: String = text
  ) async throws -> TestResponse {
    let router = Router(context: TangorRequestContext.self)
    router.add(middleware: CompressionMiddleware())
    var headers = headers
    if headers[.contentType] == nil { headers[.contentType] = "text/plain; charset=utf-8" }
    if method == .head { headers[.contentLength] = String(body.utf8.count) }
    router.on("/", method: method) { [headers] _, _ in
      Response(status: status, headers: headers, body: method == .head ? .init() : .init(byteBuffer: ByteBuffer(string: body)))
    }
    var request = HTTPFields()
    request[.acceptEncoding] = accept
    return try await Application(router: router).test(.router) { [request] in
      try await $0.execute(uri: "/", method: method, headers: request)
    }
  }

  @Test(arguments: [
    ("gzip", "gzip"), ("deflate", "deflate"), ("gzip, deflate, br", "gzip"), ("deflate, gzip;q=0.5", "deflate"), ("*", "gzip"),
    ("GZIP;q=1.0", "gzip"), ("x-gzip", "gzip"), ("gzip;q=0, *", "deflate"), ("identity;q=0.5, gzip", "gzip"),
  ])
  func isGivenWhatItAsksFor(accept: String, coding: String) async throws {
    let response = try await ask(accept)
    #expect(response.headers[.contentEncoding] == coding)
    #expect(response.headers[.vary] == "Accept-Encoding" && response.headers[.contentLength] == nil)
    let body = try inflated(Array(response.body.readableBytesView), coding)
    #expect(body.hasEnded && body.bytes == Array(Self.text.utf8))
    #expect(response.body.readableBytes < Self.text.utf8.count / 10)
  }

  @Test(arguments: [nil, "", "br", "identity", "gzip;q=0", "identity, gzip;q=0.5", "gzip;q=nonsense"])
  func isGivenPlainTextOtherwise(accept: String?) async throws {
    let response = try await ask(accept)
    #expect(response.headers[.contentEncoding] == nil && String(buffer: response.body) == Self.text)
    #expect(response.headers[.vary] == "Accept-Encoding", "caches must keep the two apart")
    #expect(response.headers[.contentLength] == String(Self.text.utf8.count))
  }

  @Test func someAnswersAreLeftAlone() async throws {
    let alone: [(HTTPResponse.Status, HTTPFields, String)] = [
      (.ok, [.contentEncoding: "br"], Self.text), (.ok, [.contentType: "image/png"], Self.text),
      (.ok, [.contentType: "application/octet-stream"], Self.text), (.ok, [.cacheControl: "private, No-Transform"], Self.text),
      (.partialContent, [.contentRange: "bytes 0-1/9"], Self.text), (.ok, [:], "small"), (.noContent, [:], ""), (.notModified, [:], ""),
    ]
    for (status, headers, body) in alone {
      let response = try await ask("gzip", status: status, headers: headers, body: body)
      #expect(response.headers[.contentEncoding] == headers[.contentEncoding] && String(buffer: response.body) == body)
      #expect(response.headers[.vary] == nil)
    }
  }

  @Test func headersFit() async throws {
    let response = try await ask("gzip", headers: [.eTag: "\"abc\"", .acceptRanges: "bytes", .vary: "Origin"])
    #expect(response.headers[.eTag] == "W/\"abc\"" && response.headers[.acceptRanges] == nil)
    #expect(response.headers[values: .vary] == ["Origin", "Accept-Encoding"])
    #expect(try await ask("gzip", headers: [.eTag: "W/\"x\"", .vary: "*"]).headers[.eTag] == "W/\"x\"")
    #expect(try await ask("gzip", headers: [.vary: "accept-encoding, Origin"]).headers[values: .vary] == ["accept-encoding, Origin"])
    #expect(try await ask(nil, headers: [.eTag: "\"abc\""]).headers[.eTag] == "\"abc\"")
  }

  @Test func headTellsWhatGetWould() async throws {
    let head = try await ask("gzip", method: .head)
    #expect(head.headers[.contentEncoding] == "gzip" && head.headers[.contentLength] == nil && head.body.readableBytes == 0)
    #expect(try await ask("gzip", method: .head, body: "small").headers[.contentEncoding] == nil)
  }

  @Test func eachPartCanBeReadWhenItComes() async throws {
    let next = Signal()
    try await TestServer.run(routes: { router, _ in
      router.add(middleware: CompressionMiddleware())
      router.get("/events") { _, _ in
        Response(
          status: .ok, headers: [.contentType: "text/event-stream"],
          body: .init { writer in
            for number in 1...3 {
              try await writer.write(ByteBuffer(string: "data: \(number)\n\n"))
              await next.wait()
            }
            try await writer.finish(nil)
          })
      }
    }) { server in
      let client = try await RawConnection(port: server.port)
      try await client.send("GET /events HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
      #expect(try await client.receive(upTo: "\r\n\r\n").lowercased().contains("content-encoding: gzip\r\n"))
      var compressed: [UInt8] = []
      var text = ""
      for number in 1...3 {
        text += "data: \(number)\n\n"
        let size = try #require(Int(try await client.receive(upTo: "\r\n").dropLast(1), radix: 16))
        compressed += try await client.receive(count: size + 2).dropLast(2)
        // The next part is written only after this one was read.
        #expect(String(decoding: try inflated(compressed, "gzip").bytes, as: UTF8.self) == text)
        next.fire()
      }
    }
  }
}
