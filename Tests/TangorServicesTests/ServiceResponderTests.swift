import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import TangorCore
import TangorJSON
import TangorServing
import TangorStreams
import Testing

@testable import TangorServices

struct Dry: PublicError { var publicDescription: String { "The well is dry." } }
struct Hidden: Error { let secret = "hunter2" }
struct Point: Codable, Sendable, Equatable {
  var x: Int
  var y: Int
}

@Suite struct ServiceResponderTests {
  let services = ServiceRegistry()
  let streams = StreamRegistry()
  let polls = PollRegistry()

  private var application: some ApplicationProtocol {
    let router = Router(context: TangorRequestContext.self)
    router.add(middleware: RequestObserver())
    router.addRoutes(StreamRoutes<TangorRequestContext>(streams).endpoints)
    let responder = ServiceResponder<TangorRequestContext>(services, streams: streams, polls: polls, bodyLimit: .kibibytes(1)) {
      path, type, _ in Response(status: .ok, headers: [.contentType: type ?? "?"], body: .init(byteBuffer: ByteBuffer(string: path)))
    }
    for path: RouterPath in ["/", "**"] {
      for method in [HTTPRequest.Method.get, .head, .post, .put, .delete, .options] {
        router.on(path, method: method) { request, context in
          guard let response = try await responder.respond(to: request, at: request.uri.path[...], context: context) else {
            throw TangorError(.notFound)
          }
          return response
        }
      }
    }
    return Application(router: router)
  }

  private struct Answer {
    let status: Int
    let body: String
    let headers: HTTPFields
    var code: String? { (try? JSONValue(parsing: body))?["code"]?.string }
    var detail: String { (try? JSONValue(parsing: body))?["detail"]?.string ?? "" }
  }

  private func ask(_ uri: String, _ method: HTTPRequest.Method = .get, body: String? = nil, type: String? = nil) async throws -> Answer {
    let headers: HTTPFields = type.map { [.contentType: $0] } ?? [:]
    return try await application.test(.router) { client in
      try await client.execute(uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }) { response in
        Answer(status: response.status.code, body: String(buffer: response.body), headers: response.headers)
      }
    }
  }

  @Test func everyKindOfReply() async throws {
    try services.add("/json") { _ in try .json(Point(x: 1, y: 2)).status(.created).header(.eTag, "\"1\"") }
    try services.add("/text") { _ in .text("hi") }
    try services.add("/plain", text: { _ in "plain" })
    try services.add("/value", json: { _ in [1, 2] })
    try services.add("/bytes") { _ in .bytes([1, 2], type: "image/x") }
    try services.add("/away") { _ in .redirect(to: "/json") }
    try services.add("/file") { _ in .file("/data/a.txt", type: "text/a") }
    try services.add("/empty") { _ in .empty }
    try services.add("/body") { _ in
      .body(type: "text/plain") { writer in
        for part in ["a", "b"] { try await writer.write(ByteBuffer(string: part)) }
      }
    }
    let json = try await ask("/json")
    #expect(json.status == 201 && json.body == #"{"x":1,"y":2}"# && json.headers[.eTag] == "\"1\"")
    #expect(json.headers[.contentType] == "application/json")
    let text = try await ask("/text")
    #expect(text.body == "hi" && text.headers[.contentType] == "text/plain; charset=utf-8")
    #expect(try await ask("/plain").body == "plain")
    #expect(try await ask("/value").body == "[1,2]")
    let bytes = try await ask("/bytes")
    #expect(bytes.body.utf8.elementsEqual([1, 2]) && bytes.headers[.contentType] == "image/x")
    let away = try await ask("/away")
    #expect(away.status == 303 && away.headers[.location] == "/json")
    let file = try await ask("/file")
    #expect(file.body == "/data/a.txt" && file.headers[.contentType] == "text/a")
    #expect(try await ask("/empty").status == 204)
    #expect(try await ask("/body").body == "ab")
    let head = try await ask("/json", .head)
    #expect(head.status == 201 && head.body.isEmpty)
  }

  @Test func sequencesBecomeStreams() async throws {
    try services.add("/primes") { _ in .stream([2, 3]) }
    try services.add("/slow", options: .init(blocking: true)) { _ in
      .stream(
        generate { output in
          try await output.yield("a")
        })
    }
    for (path, first) in [("/primes", "2"), ("/slow", "\"a\"")] {
      let opened = try await ask(path)
      let key = try #require(JSONValue(parsing: opened.body)["key"]?.string)
      #expect(opened.status == 200 && opened.body == "{\"key\": \"\(key)\"}" && Key(key) != nil)
      #expect(opened.headers[.cacheControl] == "no-store")
      #expect(try await ask("/stream/\(key)").body == "{\"finished\": false, \"data\": \(first)}")
    }
    let before = streams.keys.count
    #expect(try await ask("/primes", .head).status == 200)
    #expect(streams.keys.count == before, "looking opens nothing")
  }

  @Test func parametersAreTyped() async throws {
    try services.add("/calc/:operation") { request in
      let (a, b) = (try request.query("a", as: Int.self), try request.query("b", default: 1))
      let flag: Bool? = try request.optionalQuery("negate")
      let sum = a + b + (try request.queryValues("more", as: Int.self).reduce(0, +))
      return .json("\(try request.path("operation"))=\(flag == true ? -sum : sum)")
    }
    try services.add("/files/**") { request in .json(request.rest) }
    #expect(try await ask("/calc/add?a=2&b=3").body == "\"add=5\"")
    #expect(try await ask("/calc/a%20b?a=2&negate=true&more=5&more=6").body == "\"a b=-14\"")
    for (query, words) in [
      ("", ["'a'", "missing", "whole number"]), ("a=x", ["'a'", "whole number", "'x'"]), ("a=1&a=2", ["'a'", "2 times"]),
      ("a=1&negate=perhaps", ["'negate'", "true or false", "perhaps"]),
    ] {
      let answer = try await ask("/calc/add?\(query)")
      #expect(answer.status == 400 && answer.code == "invalid_parameters")
      for word in words { #expect(answer.detail.contains(word), "\(query)") }
    }
    #expect(try await ask("/files/a/b%2Fc").body == #"["a","b/c"]"#)
    #expect(try await ask("/files").body == "[]")
    #expect(try await ask("/calc/add?a=%ff").status == 400)
  }

  @Test func bodiesAreReadAndBounded() async throws {
    try services.add("/point") { request in
      let point = try await request.json(as: Point.self)
      return .json(point.x + point.y)
    }
    try services.add("/arguments") { request in .json(try await request.arguments()) }
    let json = "application/json"
    #expect(try await ask("/point", .post, body: #"{"x": 1, "y": 2}"#, type: json).body == "3")
    let missing = try await ask("/point", .post, body: #"{"x": 1}"#, type: json)
    #expect(missing.status == 400 && missing.code == "invalid_parameters" && missing.detail.contains("y"))
    let wrong = try await ask("/point", .post, body: #"{"x": 1, "y": "z"}"#, type: json)
    #expect(wrong.code == "invalid_parameters" )
    #expect(wrong.detail.hasPrefix("'y' of the body does not fit"))
    #expect(try await ask("/point", .post, body: "{", type: json).code == "parse_error")
    #expect(try await ask("/point", .post, body: "x=1", type: "multipart/form-data; boundary=x").status == 415)
    #expect(try await ask("/point", .post, body: String(repeating: " ", count: 2_000), type: json).status == 413)
    let merged = try await ask("/arguments?a=1&b=x", .post, body: #"{"a": 2, "c": true}"#, type: json)
    #expect(merged.body == #"{"a":["1",2],"b":"x","c":true}"#)
    let form = try await ask("/arguments?a=1", .post, body: "a=2&b=c+d%21", type: "application/x-www-form-urlencoded")
    #expect(form.body == #"{"a":["1","2"],"b":"c d!"}"#)
    #expect(try await ask("/arguments?flag").body == #"{"flag":""}"#)
  }

  @Test func failuresSayNoMoreThanTheyMay() async throws {
    try services.add("/public") { _ in throw Dry() }
    try services.add("/hidden") { _ in throw Hidden() }
    try services.add("/own") { _ in throw TangorError(.forbidden, "Not you.") }
    let open = try await ask("/public")
    #expect(open.status == 500 && open.code == "service_failed" && open.detail == "The well is dry.")
    let hidden = try await ask("/hidden")
    #expect(hidden.status == 500 && hidden.code == "service_failed" && hidden.detail == "Hidden" && !hidden.body.contains("hunter2"))
    let own = try await ask("/own")
    #expect(own.status == 403 && own.code == "forbidden")
  }

  @Test func methodsAreRefusedWithAllow() async throws {
    try services.add("/both") { _ in .empty }
    try services.add("/put", methods: ["PUT"]) { _ in .empty }
    let refused = try await ask("/both", .delete)
    #expect(refused.status == 405 && refused.headers[.allow] == "GET, POST, HEAD, OPTIONS")
    let options = try await ask("/put", .options)
    #expect(options.status == 204 && options.headers[.allow] == "PUT, OPTIONS")
    #expect(try await ask("/put", .head).status == 405)
    #expect(try await ask("/nothing").status == 404)
  }

  @Test func generatorsArePolled() async throws {
    try services.poll("/countdown", count: true) { request in StreamSource(stride(from: try request.query("from", as: Int.self), to: 0, by: -1)) }
    #expect(try await ask("/countdown?key=a&from=2").body == #"{"state": "ready", "content": 2, "count": 1}"#)
    let head = try await ask("/countdown?key=a", .head)
    #expect(head.status == 200 && head.body.isEmpty)
    let last = try await ask("/countdown?key=a")
    #expect(last.body == #"{"state": "ready", "content": 1, "count": 2}"# && last.headers[.cacheControl] == "no-store")
    #expect(try await ask("/countdown?key=a").body == #"{"state": "done", "content": null, "count": 2}"#)
    #expect(try await ask("/countdown?key=a&from=9").body == #"{"state": "ready", "content": 9, "count": 1}"#)
    #expect(try await ask("/countdown?from=2").status == 400)
    #expect(try await ask("/countdown?key=b").code == "invalid_parameters")
    #expect(polls.statistics.streams == 1, "a poll that failed to begin leaves nothing")
  }
}
