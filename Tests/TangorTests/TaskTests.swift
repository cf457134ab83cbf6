import Foundation
import Hummingbird
import HummingbirdTesting
import NIOCore
import TangorGallery
import TangorTesting
import Testing

@testable import Tangor

@Suite(.timeLimit(.minutes(1))) struct TaskTests {
  private func makeApp(withGallery: Bool = false) throws -> TangorApp {
    var configuration = TangorConfiguration()
    configuration.port = 0
    configuration.log.level = .critical
    let app = try TangorApp(configuration)
    if withGallery { try Gallery.install(in: app) }
    return app
  }

  /// Runs an application until a body has ended.
  private func running(_ app: TangorApp, _ body: (_ port: Int) async throws -> Void) async throws {
    let (ports, listening) = AsyncStream<Int>.makeStream()
    let task = Task {
      defer { listening.finish() }
      try await app.run { listening.yield($0) }
    }
    let port = try #require(await ports.first { _ in true })
    let result: Result<Void, any Error>
    do { result = .success(try await body(port)) } catch { result = .failure(error) }
    task.cancel()
    _ = await task.result
    try result.get()
  }

  @Test func tasksRunAsLongAsTheApplication() async throws {
    struct Broken: PublicError { var publicDescription: String { "It broke." } }
    let app = try makeApp()
    let (began, ended) = (Signal(), Signal())
    try app.tasks.start("feed") {
      began.fire()
      try? await Task.sleep(for: .seconds(3_600))
      ended.fire()
    }
    try app.tasks.every(.seconds(3_600), "clean") {}
    let broken = try app.tasks.spawn("broken") { throw Broken() }
    #expect(app.tasks.info("feed")?.state == .waiting)
    try await running(app) { port in
      await began.wait()
      await #expect(throws: Broken.self) { try await broken.join() }
      while app.tasks.info("clean")?.state != .sleeping { await Task.yield() }
      let client = try await RawConnection(port: port)
      let health = try JSONValue(parsing: try await client.get("/healthz?verbose").body)
      let tasks = try #require(health["tasks"])
      #expect(tasks["active"] == 2 && tasks["kept"] == 1 && tasks["started"] == 3 && tasks["failed"] == 1)
      let list = try #require(tasks["list"]?.array)
      #expect(list.compactMap { $0["name"]?.string } == ["feed", "clean", "broken"])
      #expect(list.compactMap { $0["state"]?.string } == ["running", "sleeping", "failed"])
      #expect(list[2]["lastError"] == "It broke." && list[2]["failures"] == 1)
      #expect(list[1]["kind"] == "repeated" && list[1]["nextRunIn"] != nil && list[1]["runs"] == 0)
      #expect(ended.waitingCount == 0)
    }
    #expect(ended.waitingCount == 1, "the task came to its end before the application did")
    #expect(throws: TangorError.self) { try app.tasks.spawn("late") {} }
  }

  @Test func requestsMayJoinWhatTheySpawned() async throws {
    let app = try makeApp()
    let mayEnd = Signal()
    try app.services.add("/begin") { _ in
      let handle = try app.tasks.spawn("report") {
        await mayEnd.wait()
        return "the report"
      }
      return .json(handle.id)
    }
    try app.services.add("/report") { _ in .text(try await app.tasks.join("report", as: String.self)) }
    try await running(app) { port in
      let client = try await RawConnection(port: port)
      #expect(try await client.get("/report").status == 404)
      #expect(try await client.get("/begin").status == 200)
      mayEnd.fire()
      #expect(try await client.get("/report").body == "the report")
      #expect(try await client.get("/report").body == "the report", "an ended task answers at once")
    }
  }

  // The chat room

  private func chat(_ client: RawConnection, _ path: String) async throws -> JSONValue {
    try JSONValue(parsing: try await client.get(path).body)
  }

  private func say(_ client: RawConnection, _ body: String) async throws -> RawResponse {
    let head = "POST /chat/say HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
    try await client.send(head + body)
    return try await client.response()
  }

  @Test func aPollHearsWhatIsHeldAndWaitsForTheNext() async throws {
    let app = try makeApp(withGallery: true)
    try await running(app) { port in
      let (speaker, listener) = (try await RawConnection(port: port), try await RawConnection(port: port))
      let held = try await chat(listener, "/chat/hear")
      #expect(held["lines"]?.array?.count == 1 && held["missed"] == false)
      let after = try #require(held["after"]?.string)
      let nothing = try await chat(listener, "/chat/hear?after=\(after)&wait=0s")
      #expect(nothing["lines"] == [] && nothing["after"]?.string == after)
      try await listener.send("GET /chat/hear?after=\(after)&wait=30s HTTP/1.1\r\nHost: a\r\n\r\n")
      while app.channels.statistics.readers == 0 { await Task.yield() }
      #expect(try await say(speaker, #"{"name": "Zoë", "text": "<b>hi</b>"}"#).status == 200)
      let heard = try JSONValue(parsing: try await listener.response().body)
      #expect(heard["lines"] == [["name": "Zoë", "text": "<b>hi</b>"]])
      // Three lines between two polls come together, and none twice.
      let next = try #require(heard["after"]?.string)
      for number in 1...3 { _ = try await say(speaker, #"{"name": "a", "text": "\#(number)"}"#) }
      let several = try await chat(listener, "/chat/hear?after=\(next)")
      #expect(several["lines"]?.array?.compactMap { $0["text"]?.string } == ["1", "2", "3"])
      // A place that the room has forgotten: all that it holds, and a word about it.
      let lost = try await chat(listener, "/chat/hear?after=00000000:3")
      #expect(lost["missed"] == true && lost["lines"]?.array?.count == 5)
      #expect(app.channels.statistics.readers == 0, "a poll leaves nothing behind")
    }
  }

  @Test(
    arguments: [
      #"{"name": "", "text": "x"}"#, #"{"name": "a", "text": "   "}"#, #"{"name": "a\u0007", "text": "x"}"#, #"{"name": "a"}"#,
      #"{"name": "a\nb", "text": "x"}"#, #"{"name": "a", "text": 3}"#,
      #"{"name": "a", "text": "\#(String(repeating: "x", count: 1_001))"}"#,
      #"{"name": "a", "text": "a\#(String(repeating: "\u{301}", count: 3_000))"}"#,
    ])
  func linesThatAreNoneAreRefused(body: String) async throws {
    let app = try makeApp(withGallery: true)
    try await app.buildApplication().test(.router) { client in
      let buffer = ByteBuffer(string: body)
      try await client.execute(uri: "/chat/say", method: .post, headers: [.contentType: "application/json"], body: buffer) { response in
        #expect(response.status == .badRequest, "\(body)")
      }
      // Nor may a page publish to the room past the check.
      try await client.execute(uri: "/channel/chat/room", method: .post, body: buffer) { #expect($0.status == .forbidden) }
      for query in ["after=x", "wait=1h", "wait=soon"] {
        try await client.execute(uri: "/chat/hear?\(query)", method: .get) { #expect($0.status == .badRequest) }
      }
    }
    #expect(try app.channels.history("chat/room")?.messages.count == 1)
  }

  @Test func shutdownEndsPolls() async throws {
    let app = try makeApp(withGallery: true)
    let (answers, answered) = AsyncStream<RawResponse>.makeStream()
    try await running(app) { port in
      let client = try await RawConnection(port: port)
      let after = try #require(try await chat(client, "/chat/hear")["after"]?.string)
      try await client.send("GET /chat/hear?after=\(after)&wait=30s HTTP/1.1\r\nHost: a\r\n\r\n")
      while app.channels.statistics.readers == 0 { await Task.yield() }
      app.channels.shutdown()
      answered.yield(try await client.response())
    }
    #expect(await answers.first { _ in true }?.status == 200)
  }
}
