import TangorCore
import TangorJSON
import TangorServing
import TangorStreams
import Testing

@testable import TangorServices

@Suite struct ServiceMethodsTests {
  let services = ServiceRegistry()
  let streams = StreamRegistry()
  let polls = PollRegistry()

  init() throws {
    try services.add("/sum/:name", options: .init(summary: "Adds.")) { request in
      let sum = try request.query("a", as: Int.self) + request.queryValues("b", as: Int.self).reduce(0, +)
      return .json(["\(try request.path("name"))": sum])
    }
    try services.add("/echo") { request in .json(try await request.arguments()) }
    try services.add("/numbers") { request in .stream(1...(try request.query("n", default: 3))) }
    try services.add("/text") { _ in .text("hi") }
    try services.add("/away") { _ in .redirect(to: "/") }
    try services.poll("/poll") { _ in StreamSource([1]) }
  }

  private func call(_ name: String, _ arguments: JSONObject) async throws -> String {
    let methods = ServiceMethods(services, streams: streams, polls: polls).methods
    let method = try #require(methods.first { $0.name == name })
    let call = LiveCall(arguments: LiveArguments(arguments), client: Client(address: "test"), peer: nil)
    switch method.body {
    case .immediate(let perform): return try perform(call).description
    case .asynchronous(let perform): return try await perform(call).description
    case .direct: preconditionFailure("only methods of objects are direct")
    }
  }

  private func code(_ name: String, _ arguments: JSONObject) async -> ErrorCode? {
    await #expect(throws: TangorError.self) { try await call(name, arguments) }?.code
  }

  @Test func servicesAreCalledWithArguments() async throws {
    #expect(try await call("service.call", ["path": "/sum/x", "arguments": ["a": 1, "b": [2, 3]]]) == #"{"x":6}"#)
    #expect(try await call("service.call", ["path": "sum/y?a=4"]) == #"{"y":4}"#)
    #expect(try await call("service.call", ["path": "/echo?a=1", "arguments": ["b": [true, nil]]]) == #"{"a":"1","b":[true,null]}"#)
    #expect(try await call("service.call", ["path": "/text"]) == #""hi""#)
    #expect(try await call("service.call", ["path": "/poll?key=1"]) == #"{"state": "ready", "content": 1}"#)
    #expect(await code("service.call", ["path": "/away"]) == .notAcceptable)
    #expect(await code("service.call", ["path": "/nowhere"]) == .serviceNotFound)
    #expect(await code("service.call", ["path": "/sum/x"]) == .invalidParameters)
  }

  @Test func streamsAreOpened() async throws {
    for (name, arguments) in [
      ("stream.open", ["service": "/numbers", "arguments": ["n": 2]] as JSONObject), ("service.call", ["path": "/numbers?n=2"]),
    ] {
      let answer = try JSONValue(parsing: try await call(name, arguments))
      let key = try #require(answer["key"]?.string.flatMap { Key($0) })
      #expect(streams.keys.contains(key))
      try streams.cancel(key)
    }
    #expect(await code("stream.open", ["service": "/text"]) == .notAStream)
    #expect(await code("stream.open", ["service": "/poll?key=1"]) == .notAStream)
    #expect(await code("stream.open", ["service": "/nowhere"]) == .serviceNotFound)
  }

  @Test func servicesAreListed() async throws {
    let list = try JSONValue(parsing: try await call("service.list", [:])).array ?? []
    #expect(list.count == 6 && list[0] == ["path": "/sum/:name", "summary": "Adds."])
  }
}
