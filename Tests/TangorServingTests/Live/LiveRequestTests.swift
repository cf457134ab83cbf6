import TangorCore
import TangorJSON
import Testing

@testable import TangorServing

/// A message in short: each request's id, method and parameters, or the code and words of its error.
private func parsed(_ text: String, maximumBatch: Int = 10) -> String {
  func summary(_ request: LiveRequest) -> String {
    if let error = request.error { return "\(request.id?.description ?? "-") \(error.code.name): \(error.detail)" }
    return "\(request.id?.description ?? "-") \(request.method) \(JSONValue.object(request.parameters))"
  }
  return switch Array(text.utf8).withUnsafeBytes({ LiveRequest.parse($0, maximumBatch: maximumBatch) }) {
  case .single(let request): summary(request)
  case .batch(let requests): "[" + requests.map(summary).joined(separator: " | ") + "]"
  case .invalid(let error): "invalid \(error.code.name): \(error.detail)"
  }
}

@Suite struct LiveRequestTests {
  @Test(arguments: [
    ("1", "1"), ("-1", "-1"), ("1.50", "1.50"), ("12345678901234567890123", "12345678901234567890123"), (#""a""#, #""a""#),
    (#""\u0041\n""#, #""\u0041\n""#), (#""""#, #""""#), ("null", "null"),
  ])
  func keepsAnIdAsItCame(id: String, kept: String) {
    #expect(parsed(#"{"jsonrpc":"2.0","id":\#(id),"method":"m"}"#) == "\(kept) m {}")
  }

  @Test func withoutAnIdItIsANotification() {
    #expect(parsed(#"{"jsonrpc":"2.0","method":"m","params":{"a":[1,null]}}"#) == #"- m {"a":[1,null]}"#)
    var request = LiveRequest()
    #expect(request.isNotification)
    request.error = TangorError(.invalidRequest)
    #expect(!request.isNotification, "what cannot be understood is answered")
    request = LiveRequest(id: .null)
    #expect(!request.isNotification, "an id of null is an id")
  }

  @Test func takesMembersInAnyOrderAndPassesOverOthers() {
    #expect(parsed(#" { "extra": {"x": [1]}, "params": {"k": "v"}, "method": "a.b", "id": 7, "jsonrpc": "2.0" } "#) == #"7 a.b {"k":"v"}"#)
  }

  @Test func theLastOfSeveralMembersOfANameCounts() {
    #expect(parsed(#"{"jsonrpc":"1.0","jsonrpc":"2.0","method":"a","method":"b","id":1,"id":2,"params":{"x":1,"x":2}}"#) == #"2 b {"x":2}"#)
    #expect(parsed(#"{"jsonrpc":"2.0","jsonrpc":"1.0","method":"a","id":1}"#).hasPrefix("1 invalid_request"))
  }

  @Test(arguments: [
    (#"{"id":1,"method":"m"}"#, #"1 invalid_request: A request has the member "jsonrpc": "2.0"."#),
    (#"{"jsonrpc":2.0,"id":1,"method":"m"}"#, #"1 invalid_request: A request has the member "jsonrpc": "2.0"."#),
    (#"{"jsonrpc":"2.0","id":1}"#, #"1 invalid_request: A request has a member "method" with the method's name."#),
    (#"{"jsonrpc":"2.0","id":1,"method":5}"#, #"1 invalid_request: A request has a member "method" with the method's name."#),
    (#"{"jsonrpc":"2.0","id":{},"method":"m"}"#, "- invalid_request: An id is a string, a number or null."),
    (#"{"jsonrpc":"2.0","id":true,"method":"m"}"#, "- invalid_request: An id is a string, a number or null."),
    (#"{"jsonrpc":"2.0","id":1,"method":"m","params":[1]}"#, "1 invalid_parameters: Parameters go by name here: params is an object."),
    (#"{"jsonrpc":"2.0","method":"m","params":[]}"#, "- invalid_parameters: Parameters go by name here: params is an object."),
    (#"{"jsonrpc":"2.0","id":1,"method":"m","params":null}"#, "1 invalid_request: params is an object."),
    (#"{"jsonrpc":"2.0","id":1,"method":"m","params":"x"}"#, "1 invalid_request: params is an object."),
    (#"{"id":1,"method":"m","params":[1]}"#, #"1 invalid_request: A request has the member "jsonrpc": "2.0"."#),
    ("5", "- invalid_request: A request is an object."), ("null", "- invalid_request: A request is an object."),
    (#""text""#, "- invalid_request: A request is an object."),
  ])
  func saysWhatIsWrongWithARequest(text: String, summary: String) {
    #expect(parsed(text) == summary)
  }

  @Test func aBatchKeepsItsOrderAndItsFaultyRequests() {
    let text = #"[{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","method":"b"},5,{"jsonrpc":"2.0","id":"x","method":"c"}]"#
    #expect(parsed(text) == #"[1 a {} | - b {} | - invalid_request: A request is an object. | "x" c {}]"#)
  }

  @Test func aBatchHasItsLimits() {
    func batch(_ count: Int) -> String {
      "[" + Array(repeating: #"{"jsonrpc":"2.0","method":"a"}"#, count: count).joined(separator: ",") + "]"
    }
    #expect(parsed("[]") == "invalid invalid_request: A batch holds at least one request.")
    #expect(parsed(batch(3), maximumBatch: 3) == "[- a {} | - a {} | - a {}]")
    #expect(parsed(batch(4), maximumBatch: 3) == "invalid invalid_request: A batch may hold 3 requests at the most.")
    #expect(parsed(batch(5_000), maximumBatch: 3) == "invalid invalid_request: A batch may hold 3 requests at the most.")
  }

  @Test(arguments: [
    "", " ", "{", "{]", #"{"jsonrpc":"2.0","id":1,"method":"m"} x"#, #"[{"jsonrpc":"2.0","method":"a"},"#, "nul", #"{"id":01}"#,
    "\u{FEFF}{}",
    #"{"id":"\ud800"}"#,
  ])
  func whatIsNotJSONIsAParseError(text: String) {
    #expect(parsed(text).hasPrefix("invalid parse_error: The message is not JSON: "))
  }

  @Test func bytesThatAreNotUTF8AreAParseError() {
    let bytes = Array(#"{"jsonrpc":"2.0","method":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
    guard case .invalid(let error) = bytes.withUnsafeBytes({ LiveRequest.parse($0, maximumBatch: 1) }) else {
      Issue.record("it was taken")
      return
    }
    #expect(error.code == .parseError)
  }
}

@Suite struct LiveResponseTests {
  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func answers() throws {
    let id = try JSONFragment(validating: #""a\"b""#.utf8)
    #expect(text(LiveResponse.result(id, .null)) == #"{"jsonrpc":"2.0","id":"a\"b","result":null}"#)
    #expect(
      text(LiveResponse.notification("n.m", JSONFragment(JSONValue.object(["a": 1]))))
        == #"{"jsonrpc":"2.0","method":"n.m","params":{"a":1}}"#)
  }

  @Test func errorsAreAsInTheContract() {
    let error = TangorError(.tooManyRequests, #"no "more""#, retryAfter: .milliseconds(1_500))
    let object =
      #"{"code":-32029,"message":"Too many","data":{"code":"too_many_requests","detail":"no \"more\"","retry":true,"retryAfter":1.5}}"#
    #expect(error.rpcObject.description == object)
    #expect(text(LiveResponse.error(nil, error)) == #"{"jsonrpc":"2.0","id":null,"error":\#(object)}"#)
  }

  @Test func aBatchIsAnsweredOnceAllAreThere() {
    let batch = LiveBatch(count: 3)
    #expect(batch.add(Array("1".utf8)) == nil)
    #expect(batch.add(nil) == nil)
    #expect(batch.add(Array("2".utf8)).map(text) == "[1,2]")
    let silent = LiveBatch(count: 2)
    #expect(silent.add(nil) == nil)
    #expect(silent.add(nil) == nil, "a batch of notifications is not answered")
  }
}
