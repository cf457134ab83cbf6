import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import TangorCore
import TangorJSON
import TangorTesting
import Testing

@testable import TangorServing

@Suite(.timeLimit(.minutes(1))) struct ChannelRoutesTests {
  private let channels: ChannelRegistry

  init() throws {
    var configuration = ChannelsConfiguration()
    configuration.history = 3
    configuration.backlogSize = ByteSize(bytes: 0)
    configuration.rules = [
      ChannelRule("open/#", clientsMayPublish: true, messageSize: ByteSize(bytes: 100)),
      ChannelRule("secret", clientsMaySubscribe: false),
    ]
    channels = try ChannelRegistry(configuration: configuration)
  }

  private func router() -> Router<TangorRequestContext> {
    let router = Router(context: TangorRequestContext.self)
    router.add(middleware: RequestObserver())
    router.group("/base").addRoutes(
      ChannelRoutes<TangorRequestContext>(channels, basePath: "/base", configuration: WebSocketConfiguration()).endpoints)
    return router
  }

  private func ask(
    _ client: any TestClientProtocol, _ path: String, _ method: HTTPRequest.Method = .get, _ headers: HTTPFields = [:], body: String? = nil
  ) async throws -> (Int, JSONValue, HTTPFields) {
    try await client.execute(uri: "/base" + path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }) { response in
      (Int(response.status.code), (try? JSONValue(parsing: Array(response.body.readableBytesView))) ?? .null, response.headers)
    }
  }

  @Test func publishesAndGivesTheLatest() async throws {
    try await Application(router: router()).test(.router) { client in
      let json: HTTPFields = [.contentType: "application/json"]
      let published = try await ask(client, "/channel/open/gr%C3%BC%2Fn", .post, json, body: " {\"a\": 1} ")
      #expect(published.0 == 200 && published.1["channel"] == "open/grü/n" && published.1["offset"] == 1)
      let latest = try await ask(client, "/channel/open/gr%C3%BC/n/latest")
      #expect(latest.0 == 200 && latest.1["data"]?["a"] == 1)
      let tag = try #require(latest.2[.eTag])
      #expect(tag == "\"\(published.1["epoch"]?.string ?? ""):1\"")
      #expect(try await ask(client, "/channel/open/gr%C3%BC/n/latest", .get, [.ifNoneMatch: tag]).0 == 304)
      #expect(try await ask(client, "/channel/open/gr%C3%BC/n/latest", .head).0 == 200)
      #expect(try await ask(client, "/channel/open/gr%C3%BC/n", .get, [.accept: "application/json"]).1 == latest.1)
      let binary = try await ask(client, "/channel/open/b", .post, [.contentType: "image/png"], body: "\u{1}\u{2}")
      #expect(binary.0 == 200)
      let read = try await ask(client, "/channel/open/b/latest")
      #expect(read.1["data"] == "AQI=" && read.1["encoding"] == "base64")
      #expect(try await ask(client, "/channel").1 == ["open/b", "open/grü/n"])
      #expect(try await ask(client, "/channel?pattern=open/b").1 == ["open/b"])
    }
  }

  @Test func refusesWithACode() async throws {
    try channels.publish("secret", 1)
    let json: HTTPFields = [.contentType: "application/json"]
    try await Application(router: router()).test(.router) { client in
      for (path, method, headers, body, code) in [
        ("/channel/none/latest", .get, [:], nil, "channel_not_found"), ("/channel/secret/latest", .get, [:], nil, "forbidden"),
        ("/channel/secret", .get, [:], nil, "forbidden"), ("/channel?subscribe=secret", .get, [:], nil, "forbidden"),
        ("/channel/else", .post, json, "1", "forbidden"), ("/channel/$open", .post, json, "1", "forbidden"),
        ("/channel/open/a", .post, json, "{", "parse_error"),
        ("/channel/open/a", .post, [:], String(repeating: "x", count: 101), "payload_too_large"),
        ("/channel/open/a", .post, [.contentType: "application/json", .origin: "http://evil.example"], "1", "origin_refused"),
        ("/channel/open/%2B", .post, json, "1", "invalid_parameters"), ("/channel/a%ff/latest", .get, [:], nil, "invalid_parameters"),
        ("/channel?pattern=a%23", .get, [:], nil, "invalid_parameters"), ("/channel?x=1", .get, [:], nil, "invalid_request"),
        ("/channel/open/a?after=1", .get, [:], nil, "invalid_parameters"), ("/channel/open/a?from=1", .get, [:], nil, "invalid_parameters"),
        ("/channel?subscribe=a&from=1", .get, [:], nil, "invalid_parameters"),
        ("/channel?subscribe=a&policy=x", .get, [:], nil, "invalid_parameters"),
        ("/channel?subscribe=a&pattern=b", .get, [:], nil, "invalid_request"),
        ("/channel/open/a", .get, [.accept: "text/html"], nil, "not_acceptable"), ("/channel/open/a", .put, [:], nil, "method_not_allowed"),
      ] as [(String, HTTPRequest.Method, HTTPFields, String?, String)] {
        let answer = try await ask(client, path, method, headers, body: body)
        if headers[.accept] == "text/html" {
          #expect(answer.0 == 406)
        } else {
          #expect(answer.1["code"]?.string == code, "\(method) \(path)")
        }
      }
      #expect(channels.statistics.channels == 1)
      #expect(channels.statistics.readers == 0, "what was refused leaves no reader")
    }
  }

  // MARK: Events

  /// Opens an event stream on a server of its own and gives its events as they come.
  private func events(
    _ path: String, _ headers: String = "", _ body: @escaping @Sendable (RawConnection) async throws -> Void
  ) async throws {
    let channels = channels
    try await TestServer.run(routes: { router, _ in
      router.group("/base").addRoutes(
        ChannelRoutes<TangorRequestContext>(channels, basePath: "/base", configuration: WebSocketConfiguration()).endpoints)
    }) { server in
      let connection = try await RawConnection(port: server.port)
      try await connection.send("GET /base\(path) HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\(headers)\r\n")
      try await body(connection)
      channels.shutdown()
    }
    #expect(channels.statistics.readers == 0)
  }

  private func next(_ connection: RawConnection, until mark: String) async throws -> String {
    let bytes = try await connection.receive { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      guard let range = text.range(of: mark) else { return nil }
      return text[..<range.upperBound].utf8.count
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func givesTheRetainedValueAndWhatComes() async throws {
    let first = try channels.publish("a", "one")
    let channels = channels
    try await events("/channel/a") { connection in
      let begin = try await next(connection, until: "data: \"one\"\n\n")
      #expect(begin.contains("text/event-stream") && begin.contains("id: \(first)\n"))
      let second = try channels.publish("a", JSONFragment(validating: "[1,\n2]".utf8))
      #expect(try await next(connection, until: "data: [1, 2]\n\n").contains("id: \(second)\n"))
      try channels.publish("a", .binary([0]))
      #expect(try await next(connection, until: "data: AA==\n\n").contains("event: binary\n"))
    }
  }

  @Test func continuesAfterTheLastEvent() async throws {
    var positions: [ChannelPosition] = []
    for number in 1...5 { positions.append(try channels.publish("a", number)) }
    try await events("/channel/a", "Last-Event-ID: \(positions[2])\r\n") { connection in
      let text = try await next(connection, until: "data: 5\n\n")
      #expect(!text.contains("data: 3\n") && text.contains("data: 4\n") && !text.contains("lost"))
    }
  }

  @Test func saysWhenItCannotContinue() async throws {
    var positions: [ChannelPosition] = []
    for number in 1...5 { positions.append(try channels.publish("a", number)) }
    let position = positions[4]
    try await events("/channel/a?after=\(positions[0])") { connection in
      let text = try await next(connection, until: "data: 5\n\n")
      #expect(text.contains("event: lost\ndata: {\"epoch\":\"\(position.epoch)\",\"offset\":5,\"recovered\":false}\n\n"))
      #expect(!text.contains("data: 4\n"))
    }
  }

  @Test func severalChannelsComeAsOnTheLiveConnection() async throws {
    let position = try channels.publish("x/a", 1)
    let channels = channels
    let from = "%7B%22x%2Fa%22%3A%7B%22epoch%22%3A%22\(position.epoch)%22%2C%22offset%22%3A0%7D%7D"
    try await events("/channel?subscribe=x/%23&subscribe=y&from=\(from)") { connection in
      let begin = try await next(connection, until: "\"data\":1}\n\n")
      #expect(
        begin.contains(
          "event: subscribed\ndata: {\"channels\":{\"x/a\":{\"epoch\":\"\(position.epoch)\",\"offset\":0,\"recovered\":true,\"newest\":1},\"y\":"
        ))
      try channels.publish("x/new", 2)
      #expect(try await next(connection, until: "\n\n").contains("event: message\ndata: {\"channel\":\"x/new\","))
      try channels.publish("y", 3)
      #expect(try await next(connection, until: "\n\n").contains("\"channel\":\"y\","))
    }
  }
}
