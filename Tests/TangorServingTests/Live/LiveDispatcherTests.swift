import TangorCore
import TangorJSON
import Testing

@testable import TangorServing

private struct Broken: Error { let password = "hunter2" }

private struct Told: PublicError { let publicDescription = "the pump is off" }

@Suite struct LiveDispatcherTests {
  private static let add = LiveMethod.immediate(
    "math.add", "Adds.",
    parameters: [.required("a", .integer, "The one."), .required("b", .integer, "The other."), .optional("c", .any, "One more.")],
    result: "The sum."
  ) { call in
    let limits = -1_000...1_000
    return JSONFragment(try call.arguments.integer("a", in: limits) + call.arguments.integer("b", in: limits))
  }

  private func dispatcher(_ methods: [LiveMethod] = [add]) throws -> LiveDispatcher {
    var table = LiveMethodTable()
    for method in methods { try table.add(method) }
    return try LiveDispatcher(
      methods: table, title: "Test", version: "1", maximumBatch: 10, logger: .silent)
  }

  /// The result, or the code and words of the error; what runs in a task is marked.
  private func call(_ method: String, _ parameters: JSONObject = .init(), of dispatcher: LiveDispatcher) async -> String {
    let request = LiveRequest(id: JSONFragment(1), method: method, parameters: parameters)
    func text(_ result: Result<JSONFragment, TangorError>) -> String {
      switch result {
      case .success(let value): value.description
      case .failure(let error): error.description
      }
    }
    return switch dispatcher.begin(request, client: Client(address: "test"), peer: nil) {
    case .answer(let bytes): String(decoding: bytes, as: UTF8.self)
    case .done(let result): text(result)
    case .task(let work): "task " + text(await work())
    case .deferred(let work, let method): "deferred " + text(await outcome(of: work, method, dispatcher))
    case .cancel(let id): "cancel \(id)"
    }
  }

  private func outcome(of work: any LiveDeferred, _ method: String, _ dispatcher: LiveDispatcher) async -> Result<JSONFragment, TangorError>
  {
    do { return .success(try await work.outcome()) } catch { return dispatcher.outcome(.failure(error), of: method) }
  }

  private func addCall(_ parameters: JSONObject) async throws -> String { await call("math.add", parameters, of: try dispatcher()) }

  @Test func answersAtOnceOrInATask() async throws {
    #expect(try await addCall(["a": 1, "b": 2]) == "3")
    let slow = LiveMethod("slow", "Waits.", result: "Nothing.") { _ in
      await Task.yield()
      return .null
    }
    #expect(await call("slow", of: try dispatcher([slow])) == "task null")
  }

  @Test func namesTheParameterThatIsMissingUnknownOrWrong() async throws {
    #expect(try await addCall(["a": 1]) == "invalid_parameters: math.add needs the parameter 'b': The other.")
    #expect(try await addCall(["a": 1, "b": 2, "d": 3]) == "invalid_parameters: math.add has no parameter 'd'; it takes 'a', 'b', 'c'.")
    #expect(try await addCall(["a": 1, "b": "2"]) == "invalid_parameters: 'b' must be a whole number; a string came.")
    #expect(try await addCall(["a": 1, "b": 2.5]) == "invalid_parameters: 'b' must be a whole number; a number came.")
    #expect(try await addCall(["a": 1, "b": nil]) == "invalid_parameters: The parameter 'b' is missing.")
    #expect(try await addCall(["a": 1, "b": 2_000]) == "invalid_parameters: 'b' must be from -1000 to 1000; 2000 came.")
    #expect(await call("rpc.ping", ["x": 1], of: try dispatcher()) == "invalid_parameters: rpc.ping has no parameter 'x'; it takes none.")
  }

  @Test func saysThatThereIsNoSuchMethod() async throws {
    #expect(
      await call("math.multiply", of: try dispatcher())
        == "method_not_found: There is no method 'math.multiply'; rpc.discover lists all.")
    let long = await call(String(repeating: "x", count: 5_000), of: try dispatcher())
    #expect(long.utf8.count < 200, "a long name is not sent back whole")
  }

  @Test func aFaultyRequestIsNotCarriedOut() throws {
    var request = LiveRequest(id: JSONFragment(1), method: "math.add")
    request.error = TangorError(.invalidRequest, "so it is")
    guard case .done(.failure(let error)) = try dispatcher().begin(request, client: Client(address: "test"), peer: nil) else {
      Issue.record("it was carried out")
      return
    }
    #expect(error.detail == "so it is")
  }

  @Test func failuresRevealNothingOfTheInside() async throws {
    let methods: [LiveMethod] = [
      .immediate("a", "", result: "") { _ in throw Broken() }, LiveMethod("b", "", result: "") { _ in throw Broken() },
      LiveMethod("c", "", result: "") { _ in throw Told() }, LiveMethod("d", "", result: "") { _ in throw CancellationError() },
      LiveMethod("e", "", result: "") { _ in throw TangorError(.notFound, "no such room", underlying: Broken()) },
    ]
    let dispatcher = try dispatcher(methods)
    #expect(await call("a", of: dispatcher) == "internal_error: Broken")
    #expect(await call("b", of: dispatcher) == "task internal_error: Broken")
    #expect(await call("c", of: dispatcher) == "task internal_error: the pump is off")
    #expect(await call("d", of: dispatcher) == "task canceled: The call was cancelled.")
    #expect(await call("e", of: dispatcher) == "task not_found: no such room")
    let inner = TangorError(.internalError, "failed", underlying: Broken())
    #expect(!inner.rpcObject.description.contains("hunter2"))
  }

  @Test func theProtocolsOwnMethods() async throws {
    #expect(await call("rpc.ping", of: try dispatcher()) == "{}")
    #expect(await call("rpc.cancel", ["id": "x"], of: try dispatcher()) == #"cancel "x""#)
    #expect(
      await call("rpc.cancel", of: try dispatcher()) == "invalid_parameters: rpc.cancel needs the parameter 'id': The id of the call.")
    #expect(await call("rpc.cancel", ["id": nil], of: try dispatcher()) == "{}", "no call in flight has the id null")
  }

  // MARK: Direct methods

  /// A direct method that does as its parameters' only member says.
  private static let direct = LiveMethod.direct("direct", "Does as it is told.", result: "Its parameters.") { bytes, call, out in
    let text = String(decoding: bytes, as: UTF8.self)
    if text.contains("now") {
      out.write(JSONFragment(unchecked: Array(bytes)))
      return nil
    }
    if text.contains("fail") {
      out.write("half of a result")
      throw TangorError(.notFound, "nothing there")
    }
    if text.contains("task") { return .task { JSONFragment("in a task") } }
    if text.contains("broken") { return .task { throw Broken() } }
    return .deferred(Ended(text.contains("bad") ? .failure(Broken()) : .success(JSONFragment("later"))))
  }

  /// Work that has ended before it begins.
  private final class Ended: LiveDeferred {
    private let result: Result<JSONFragment, any Error>
    init(_ result: Result<JSONFragment, any Error>) { self.result = result }
    func start(_ completion: @escaping @Sendable (Result<JSONFragment, any Error>) -> Void) { completion(result) }
    func cancel() {}
  }

  /// A message, read and begun as a door does it.
  private func send(_ message: String, to dispatcher: LiveDispatcher) async -> String {
    let bytes = Array(message.utf8)
    let work: LiveDispatcher.Work? = bytes.withUnsafeBytes { bytes in
      guard case .single(let request) = dispatcher.parse(bytes) else { return nil }
      return dispatcher.begin(request, in: bytes, client: Client(address: "test"), peer: nil)
    }
    func text(_ result: Result<JSONFragment, TangorError>) -> String {
      switch result {
      case .success(let value): value.description
      case .failure(let error): error.description
      }
    }
    return switch work {
    case .answer(let bytes): String(decoding: bytes, as: UTF8.self)
    case .done(let result): "done " + text(result)
    case .task(let work): "task " + text(await work())
    case .deferred(let work, let method): "deferred " + text(await outcome(of: work, method, dispatcher))
    case .cancel, nil: "nothing"
    }
  }

  @Test func directMethodsGetTheirParametersAsTheyWereWritten() async throws {
    let dispatcher = try dispatcher([Self.direct])
    func call(_ parameters: String) async -> String {
      await send(#"{"jsonrpc":"2.0","params":\#(parameters),"id":"x","method":"direct"}"#, to: dispatcher)
    }
    #expect(await call(#"{"now": 1.50, "now": [ ]}"#) == #"{"jsonrpc":"2.0","id":"x","result":{"now": 1.50, "now": [ ]}}"#)
    #expect(await call(#"{"fail":1}"#) == "done not_found: nothing there", "what was written before an error is not sent")
    #expect(await call(#"{"task":1}"#) == #"task "in a task""#)
    #expect(await call(#"{"broken":1}"#) == "task internal_error: Broken")
    #expect(await call(#"{"later":1}"#) == #"deferred "later""#)
    #expect(await call(#"{"bad":1}"#) == "deferred internal_error: Broken")
    #expect(await call("[1]").hasPrefix("done invalid_parameters"), "by name alone")
    #expect(await call("{").hasPrefix("nothing"), "not JSON")
    #expect(
      await send(#"{"jsonrpc":"2.0","id":1,"method":"direct"}"#, to: dispatcher) == #"deferred "later""#,
      "no parameters are an empty object")
  }

  @Test func aCallWithoutALiveConnectionHasNoPeer() async throws {
    let method = LiveMethod.immediate("watch", "", result: "") { call in
      _ = try call.livePeer()
      return .null
    }
    #expect(await call("watch", of: try dispatcher([method])).hasPrefix("invalid_request: This method sends notifications"))
  }
}

@Suite struct LiveMethodTableTests {
  private func method(_ name: String) -> LiveMethod { .immediate(name, "Does \(name).", result: "Nothing.") { _ in .null } }

  @Test func namesOfTheProtocolAreKept() throws {
    var table = LiveMethodTable()
    let error = #expect(throws: TangorError.self) { try table.add(method("rpc.mine")) }
    #expect(error?.code == .invalidRequest)
    try table.add(method("rpcs"))
    #expect(table.names == ["rpcs"])
  }

  @Test func aNameIsTakenOnce() throws {
    var table = LiveMethodTable()
    try table.add(method("b"))
    try table.add(method("a"))
    let error = #expect(throws: TangorError.self) { try table.add(method("a")) }
    #expect(error?.detail == "There is a method 'a' already.")
    #expect(throws: TangorError.self) { try table.add(contentsOf: [method("c"), method("c")]) }
    #expect(table.names == ["a", "b", "c"])
  }

  @Test func describesItselfAsOpenRPC() throws {
    var table = LiveMethodTable()
    try table.add(
      .immediate(
        "z", "Last.", parameters: [.required("k", .string, "A key."), .optional("v", .any, "Any value.")], result: "All."
      ) { _ in .null })
    try table.add(method("a"))
    let document = try #require(try table.description(title: "T", version: "9").value().object)
    #expect(document["openrpc"]?.string == "1.3.2")
    #expect(document["info"]?.object == ["title": "T", "version": "9"])
    let methods = try #require(document["methods"]?.array)
    #expect(methods.map { $0.object?["name"]?.string } == ["a", "z"], "sorted by name")
    #expect(methods[1].object?["summary"]?.string == "Last.")
    #expect(methods[1].object?["paramStructure"]?.string == "by-name")
    let parameters: JSONValue = [
      ["name": "k", "summary": "A key.", "required": true, "schema": ["type": "string"]],
      ["name": "v", "summary": "Any value.", "required": false, "schema": [:]],
    ]
    #expect(methods[1].object?["params"] == parameters)
    #expect(methods[1].object?["result"]?.object?["summary"]?.string == "All.")
  }
}

@Suite struct LiveArgumentsTests {
  private func arguments(_ object: JSONObject) -> LiveArguments { LiveArguments(object) }

  private func detail(_ body: () throws -> Void) -> String? {
    (#expect(throws: TangorError.self) { try body() })?.description
  }

  @Test func durations() throws {
    #expect(try arguments(["wait": "250ms"]).optionalDuration("wait", upTo: .seconds(60)) == .milliseconds(250))
    #expect(try arguments(["wait": 2]).optionalDuration("wait", upTo: .seconds(60)) == .seconds(2))
    #expect(try arguments(["wait": 0.5]).optionalDuration("wait", upTo: .seconds(60)) == .milliseconds(500))
    #expect(try arguments(["wait": nil]).optionalDuration("wait", upTo: .seconds(60)) == nil)
    for wrong: JSONValue in [-1, 1e300, "soon", true, ["2s"]] {
      #expect(
        detail { _ = try arguments(["wait": wrong]).optionalDuration("wait", upTo: .seconds(60)) }?.contains("must be a duration") == true)
    }
    #expect(
      detail { _ = try arguments(["wait": "2m"]).optionalDuration("wait", upTo: .seconds(60)) }
        == "invalid_parameters: 'wait' may be at most 1m.")
  }

  @Test func keys() throws {
    let key = Key()
    #expect(try arguments(["key": .string(key.description)]).key("key") == key)
    #expect(detail { _ = try arguments(["key": "x"]).key("key") }?.contains("32 lower-case hexadecimal digits") == true)
    #expect(detail { _ = try arguments(["key": 5]).key("key") } == "invalid_parameters: 'key' must be a string; a number came.")
    #expect(detail { _ = try arguments([:]).key("key") } == "invalid_parameters: The parameter 'key' is missing.")
  }

  @Test func objects() throws {
    #expect(try arguments(["o": ["a": 1]]).optionalObject("o") == ["a": 1])
    #expect(try arguments([:]).optionalObject("o") == nil)
    #expect(detail { _ = try arguments(["o": [1]]).optionalObject("o") } == "invalid_parameters: 'o' must be an object; an array came.")
  }
}
