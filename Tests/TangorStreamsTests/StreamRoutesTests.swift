import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import TangorCore
import TangorJSON
import TangorServing
import TangorTesting
import Testing

@testable import TangorStreams

@Suite struct StreamRoutesTests {
  let registry = StreamRegistry()

  private var application: some ApplicationProtocol {
    let router = Router(context: TangorRequestContext.self)
    router.add(middleware: RequestObserver())
    router.addRoutes(StreamRoutes<TangorRequestContext>(registry).endpoints)
    return Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)))
  }

  private func open(_ source: StreamSource) throws -> String { try registry.open(source, client: Client(address: "test")).description }

  private func get(_ client: any TestClientProtocol, _ uri: String, _ headers: HTTPFields = [:]) async throws -> (Int, String, HTTPFields) {
    try await client.execute(uri: uri, method: .get, headers: headers) { response in
      (response.status.code, String(buffer: response.body), response.headers)
    }
  }

  private func code(_ body: String) throws -> String? { try JSONValue(parsing: body)["code"]?.string }

  @Test(arguments: [TestingSetup.router, .live]) func valuesThenTheEndThenNothing(setup: TestingSetup) async throws {
    let key = try open(StreamSource([2, 3]))
    try await application.test(setup) { client in
      #expect(try await get(client, "/stream").1 == "[\"\(key)\"]")
      let (status, body, headers) = try await get(client, "/stream/\(key)")
      #expect(status == 200 && body == #"{"finished": false, "data": 2}"#)
      #expect(headers[.cacheControl] == "no-store" && headers[.contentType] == "application/json")
      #expect(headers[StreamHeaders.index] == "1" && headers[.contentLength] == String(body.utf8.count))
      #expect(try await get(client, "/stream/\(key)").1 == #"{"finished": false, "data": 3}"#)
      #expect(try await get(client, "/stream/\(key)").1 == #"{"finished": true}"#)
      let gone = try await get(client, "/stream/\(key)")
      #expect(try gone.0 == 404 && code(gone.1) == "stream_not_found" && gone.2[.cacheControl] == "no-store")
      #expect(try await get(client, "/stream").1 == "[]")
    }
  }

  @Test func queriesAreExact() async throws {
    let key = try open(StreamSource(Endless()))
    let silent = try open(StreamSource(Silent()))
    try await application.test(.router) { client in
      #expect(try await get(client, "/stream/\(key)?max=3").1 == #"{"finished": false, "data": [1, 2, 3]}"#)
      #expect(try await get(client, "/stream/\(key)?after=3").1 == #"{"finished": false, "data": 4, "index": 4}"#)
      #expect(try await get(client, "/stream/\(key)?after=1&max=2").1 == #"{"finished": false, "data": [2, 3], "index": 3}"#)
      #expect(try await get(client, "/stream/\(silent)?wait=0s").1 == #"{"finished": false, "pending": true}"#)
      #expect(try await get(client, "/stream/\(silent)?wait=5ms&after=0").1 == #"{"finished": false, "pending": true, "index": 0}"#)
      let ahead = try await get(client, "/stream/\(key)?after=99")
      #expect(try ahead.0 == 409 && code(ahead.1) == "stream_position_ahead")
      for (query, name) in [
        ("max=0", "max"), ("max=1001", "max"), ("max=x", "max"), ("max", "max"), ("wait=61s", "wait"), ("wait=-1s", "wait"),
        ("wait=soon", "wait"), ("after=-1", "after"), ("after=1.5", "after"), ("progress=maybe", "progress"), ("colour=red", "colour"),
        ("max=1&max=2", "max"), ("max=%zz", "query"),
      ] {
        let (status, body, _) = try await get(client, "/stream/\(key)?\(query)")
        #expect(status == 400 && body.contains(name), "\(query)")
      }
      let lost = try await get(client, "/stream/nonsense")
      #expect(lost.0 == 404)
      #expect(try await get(client, "/stream/\(key)").1 == #"{"finished": false, "data": 5}"#, "bad requests took nothing")
    }
  }

  @Test func aLostPositionIsGone() async throws {
    let key = try open(StreamSource(Endless()))
    try await application.test(.router) { client in
      _ = try await get(client, "/stream/\(key)?max=100")
      let lost = try await get(client, "/stream/\(key)?after=1")
      #expect(try lost.0 == 410 && code(lost.1) == "stream_position_lost")
      let resumed = try await get(client, "/stream/\(key)?after=1", [.accept: "text/event-stream"])
      #expect(resumed.0 == 410)
    }
  }

  @Test func methodsOtherThanThoseOfStreamsAreRefused() async throws {
    let key = try open(StreamSource([1]))
    try await application.test(.router) { client in
      for method in [HTTPRequest.Method.post, .put, .patch] {
        try await client.execute(uri: "/stream/\(key)", method: method) { response in
          #expect(response.status.code == 405 && response.headers[.allow] == "GET, HEAD, DELETE")
        }
        try await client.execute(uri: "/stream", method: method) { response in
          #expect(response.status.code == 405 && response.headers[.allow] == "GET, HEAD")
        }
      }
      try await client.execute(uri: "/stream/\(key)", method: .head) { #expect($0.status.code == 200 && $0.body.readableBytes == 0) }
      try await client.execute(uri: "/stream/\(key)", method: .delete) { response in
        #expect(response.status.code == 200 && String(buffer: response.body) == "{\"key\": \"\(key)\"}")
      }
      try await client.execute(uri: "/stream/\(key)", method: .head) { #expect($0.status.code == 404) }
      try await client.execute(uri: "/stream/\(key)", method: .delete) { #expect($0.status.code == 404) }
    }
  }

  @Test func aFailureIsToldOnce() async throws {
    let key = try open(StreamSource(Failing(error: Broken())))
    try await application.test(.router) { client in
      let failed = try await get(client, "/stream/\(key)")
      #expect(try failed.0 == 500 && code(failed.1) == "stream_failed" && failed.1.contains("The well is dry."))
      #expect(try await get(client, "/stream/\(key)").0 == 404)
    }
  }

  private static let story: [Progressive<String>] = [
    .value("a"), .progress(Progress(completed: 1, total: 2, message: "half")), .value("b"),
  ]

  @Test(arguments: [TestingSetup.router, .live]) func linesHaveEverything(setup: TestingSetup) async throws {
    let key = try open(StreamSource(Self.story))
    let failing = try open(StreamSource(Failing(error: Broken())))
    try await application.test(setup) { client in
      let (status, body, headers) = try await get(client, "/stream/\(key)", [.accept: "application/x-ndjson"])
      #expect(status == 200 && headers[.contentType] == "application/x-ndjson" && headers[.cacheControl] == "no-store")
      let lines = body.split(separator: "\n")
      #expect(lines.count == 4)
      #expect(lines[0] == #"{"index": 1, "data": "a"}"# && lines[2] == #"{"index": 2, "data": "b"}"# && lines[3] == #"{"finished": true}"#)
      #expect(try JSONValue(parsing: String(lines[1]))["progress"]?["message"]?.string == "half")
      #expect(try await get(client, "/stream/\(key)").0 == 404)
      let error = try await get(client, "/stream/\(failing)", [.accept: "application/x-ndjson"]).1
      #expect(try JSONValue(parsing: error)["error"]?["code"]?.string == "stream_failed")
    }
  }

  @Test(arguments: [TestingSetup.router, .live]) func eventsHaveIdsAndResume(setup: TestingSetup) async throws {
    let key = try open(StreamSource(1...4))
    try await application.test(setup) { client in
      _ = try await get(client, "/stream/\(key)?max=2")
      let (_, body, headers) = try await get(
        client, "/stream/\(key)", [.accept: "text/event-stream", StreamHeaders.lastEventID: "1"])
      #expect(headers[.contentType] == "text/event-stream")
      #expect(body == "id: 2\ndata: 2\n\nid: 3\ndata: 3\n\nid: 4\ndata: 4\n\nevent: finished\ndata: {}\n\n")
      let again = try await get(client, "/stream/\(key)", [.accept: "text/event-stream", StreamHeaders.lastEventID: "4"])
      #expect(again.0 == 404, "an event source that comes back after the end is told to stay away")
    }
  }

  @Test func silentEventStreamsAreKeptOpen() async throws {
    var configuration = StreamsConfiguration()
    configuration.keepAliveInterval = .milliseconds(1)
    let registry = StreamRegistry(configuration: configuration)
    let gate = Gate()
    let key = try registry.open(
      StreamSource(generate(Int.self) { _ in await gate.wait() }), client: Client(address: "test"))
    let router = Router(context: TangorRequestContext.self)
    router.addRoutes(StreamRoutes<TangorRequestContext>(registry).endpoints)
    let opener = Task {
      // Opened once the reader has been given some comments: each ends a pull of its own.
      let stream = try registry.stream(key)
      while stream.pullCount < 4 { await Task.yield() }
      gate.open()
    }
    try await Application(router: router).test(.router) { client in
      let body = try await get(client, "/stream/\(key)", [.accept: "text/event-stream"]).1
      #expect(body.hasPrefix(":\n\n:\n\n") && body.hasSuffix("event: finished\ndata: {}\n\n"))
    }
    try await opener.value
  }

  @Test func acceptChoosesTheForm() throws {
    #expect(try StreamFormat(accept: nil) == .json)
    #expect(try StreamFormat(accept: "*/*") == .json)
    #expect(try StreamFormat(accept: "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8") == .json)
    #expect(try StreamFormat(accept: "text/event-stream") == .events)
    #expect(try StreamFormat(accept: "application/x-ndjson, */*") == .lines)
    #expect(try StreamFormat(accept: "application/json;q=0.5, Text/Event-Stream") == .events)
    #expect(try StreamFormat(accept: "application/*;q=0.1, text/event-stream;q=0") == .json)
    #expect(throws: TangorError.self) { try StreamFormat(accept: "image/png") }
    #expect(throws: TangorError.self) { try StreamFormat(accept: "application/json;q=0, text/plain") }
  }

  @Test func progressIsAddedWhereItIsWanted() async throws {
    let key = try open(StreamSource(Self.story))
    try await application.test(.router) { client in
      #expect(try await get(client, "/stream/\(key)?progress=true").1 == #"{"finished": false, "data": "a"}"#)
      let body = try await get(client, "/stream/\(key)?progress=true").1
      #expect(try JSONValue(parsing: body)["progress"]?["completed"]?.double == 1)
    }
  }

  @Test func fiftyHTTPClientsGetEveryValueOnce() async throws {
    let key = try open(StreamSource(EndlessAsync()))
    try await application.test(.live) { client in
      let all = try await withThrowingTaskGroup(of: [Int].self) { group in
        for _ in 0..<50 {
          group.addTask {
            var got: [Int] = []
            for _ in 0..<10 {
              let body = try await get(client, "/stream/\(key)").1
              got.append(try #require(JSONValue(parsing: body)["data"]?.int))
            }
            return got
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(all.sorted() == Array(1...500))
    }
  }
}
