import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import TangorCore
import TangorJSON
import Testing

@testable import TangorServing

@Suite struct ProblemTests {
  private func response(_ error: TangorError, accept: String? = nil) async throws -> TestResponse {
    let router = Router(context: TangorRequestContext.self)
    router.get("/") { _, _ in Problem(error, requestID: "id-1").response(accept: accept) }
    return try await Application(router: router).test(.router) { try await $0.execute(uri: "/", method: .get) }
  }

  @Test func hasTheMembersOfTheContract() throws {
    let problem = Problem(TangorError(.streamNotFound, #"no "such" stream"#), requestID: "id-1")
    #expect(
      problem.json.description
        == #"{"type":"urn:tangor:problem:stream_not_found","title":"Stream not found","status":404,"detail":"no \"such\" stream","#
        + #""code":"stream_not_found","retry":false,"requestId":"id-1","error":"no \"such\" stream"}"#)
  }

  @Test func isJSONForPrograms() async throws {
    for accept in [nil, "*/*", "application/json", "application/json, text/html", "text/plain", "application/problem+json"] {
      let response = try await response(TangorError(.notFound), accept: accept)
      #expect(response.status == .notFound)
      #expect(response.headers[.contentType] == "application/problem+json")
      #expect(response.headers[.cacheControl] == "no-store")
    }
  }

  @Test func isAPageForABrowsersNavigation() async throws {
    let error = TangorError(.notFound, #"<script>alert("x")</script> & 'y'"#)
    let response = try await response(error, accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
    #expect(response.status == .notFound)
    #expect(response.headers[.contentType] == "text/html; charset=utf-8")
    let page = String(buffer: response.body)
    #expect(!page.contains("<script>"))
    #expect(page.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;"))
    #expect(page.contains("not_found") && page.contains("id-1"))
  }

  @Test(arguments: [
    (Duration.seconds(5), "5"), (.milliseconds(1), "1"), (.milliseconds(1_001), "2"), (.zero, "1"), (.seconds(60), "60"),
  ])
  func saysWhenToTryAgain(after: Duration, header: String) async throws {
    #expect(try await response(TangorError(.tooManyRequests, retryAfter: after)).headers[.retryAfter] == header)
  }

  @Test func saysWhatElseIsKnown() async throws {
    #expect(try await response(TangorError(.notFound)).headers[.retryAfter] == nil)
    let method = try await response(TangorError(.methodNotAllowed, allowed: ["GET", "HEAD"]))
    #expect(method.headers[.allow] == "GET, HEAD")
    #expect(try await response(TangorError(.rangeNotSatisfiable, completeLength: 10)).headers[.contentRange] == "bytes */10")
    let upgrade = try await response(TangorError(.upgradeRequired))
    #expect(upgrade.headers[.upgrade] == "websocket" && upgrade.headers[.connection] == "upgrade")
    #expect(upgrade.headers[.secWebSocketVersion] == "13")
    #expect(try await response(TangorError(.canceled)).status.code == 499)
  }
}

@Suite struct OriginPolicyTests {
  private func passes(_ origin: String?, host: String? = "example.org:8080", allowed: [String] = []) -> Bool {
    var headers = HTTPFields()
    headers[.origin] = origin
    let head = HTTPRequest(method: .get, scheme: "http", authority: host, path: "/", headerFields: headers)
    do {
      try OriginPolicy(allowed).check(Request(head: head, body: .init(buffer: ByteBuffer())))
      return true
    } catch {
      #expect((error as? TangorError)?.code == .originRefused)
      return false
    }
  }

  @Test(
    arguments: [
      (nil, "example.org:8080", true), ("http://example.org:8080", "example.org:8080", true),
      ("https://example.org:8080", "example.org:8080", true),
      ("HTTP://EXAMPLE.org:8080", "example.ORG:8080", true), ("http://example.org", "example.org", true),
      ("https://example.org", "example.org:443", true), ("http://example.org:80", "example.org", true),
      ("http://[::1]:8080", "[::1]:8080", true), ("http://example.org", "example.org:8080", false),
      ("http://example.org:8081", "example.org:8080", false), ("http://evil.org", "example.org:8080", false),
      ("http://example.org.evil.org:8080", "example.org:8080", false), ("http://xexample.org:8080", "example.org:8080", false),
      ("http://evil.org/http://example.org:8080", "example.org:8080", false), ("null", "example.org:8080", false),
      ("", "example.org:8080", false),
      ("file://", "example.org:8080", false), ("chrome-extension://abc", "example.org:8080", false),
      ("http://example.org", nil, false),
    ] as [(String?, String?, Bool)])
  func theOwnOriginPasses(origin: String?, host: String?, isAllowed: Bool) {
    #expect(passes(origin, host: host) == isAllowed)
  }

  @Test func soDoTheConfiguredOnes() {
    let allowed = ["https://Page.example", "http://localhost:3000"]
    #expect(passes("https://page.example", allowed: allowed))
    #expect(passes("http://localhost:3000", allowed: allowed))
    #expect(!passes("http://page.example", allowed: allowed))
    #expect(!passes("https://page.example:444", allowed: allowed))
    #expect(!passes("https://sub.page.example", allowed: allowed))
    #expect(passes("null", allowed: ["*"]) && passes("http://evil.org", allowed: ["*"]))
  }
}

@Suite struct RequestObserverTests {
  private struct Secret: Error { let password = "hunter2" }

  private func execute(_ headers: HTTPFields = [:], throwing error: (any Error)? = nil) async throws -> TestResponse {
    let router = Router(context: TangorRequestContext.self)
    router.add(middleware: RequestObserver())
    router.get("/") { _, context -> String in
      if let error { throw error }
      return context.id
    }
    return try await Application(router: router, logger: .silent).test(.router) {
      try await $0.execute(uri: "/", method: .get, headers: headers)
    }
  }

  @Test(arguments: ["a", "A-z_0.9", String(repeating: "x", count: 64)])
  func keepsARequestsOwnID(id: String) async throws {
    let response = try await execute([.requestID: id])
    #expect(response.headers[.requestID] == id)
    #expect(String(buffer: response.body) == id, "the request's log carries it too")
  }

  @Test(arguments: ["", "a b", "a/b", "é", "<x>", "a\"", String(repeating: "x", count: 65)])
  func makesItsOwnInPlaceOfABadOne(id: String) async throws {
    let response = try await execute([.requestID: id])
    let made = try #require(response.headers[.requestID])
    #expect(made != id && !made.isEmpty)
  }

  @Test func makesADifferentOneEachTime() async throws {
    #expect(try await execute().headers[.requestID] != execute().headers[.requestID])
  }

  @Test func turnsErrorsIntoProblems() async throws {
    func code(_ error: any Error) async throws -> String? {
      let response = try await execute([.requestID: "r"], throwing: error)
      let body = try JSONValue(parsing: Array(buffer: response.body)).object
      #expect(body?["status"]?.int == response.status.code)
      #expect(body?["requestId"]?.string == "r")
      #expect(!String(buffer: response.body).contains("hunter2"))
      return body?["code"]?.string
    }
    #expect(try await code(TangorError(.forbidden)) == "forbidden")
    #expect(try await code(Secret()) == "internal_error")
    #expect(try await code(CancellationError()) == "shutting_down")
    #expect(try await code(NIOTooManyBytesError(maxBytes: 1)) == "payload_too_large")
    #expect(try await code(HTTPError(.notFound)) == "not_found")
    #expect(try await code(HTTPError(.contentTooLarge)) == "payload_too_large")
    #expect(try await code(HTTPError(.badRequest, message: "so not")) == "invalid_request")
    #expect(try await code(HTTPError(.badGateway)) == "internal_error")
  }

  @Test func aPathThatIsNotThereIsAProblem() async throws {
    let router = Router(context: TangorRequestContext.self)
    router.add(middleware: RequestObserver())
    let response = try await Application(router: router, logger: .silent).test(.router) {
      try await $0.execute(uri: "/none?x=1", method: .get)
    }
    #expect(response.status == .notFound)
    #expect(String(buffer: response.body).contains(#""detail":"Nothing stands at /none.""#))
  }

  /// A mark behind a quotation mark is one character with it in Swift, and none in HTML.
  @Test func textIsEscapedForHTMLWhateverFollowsItsCharacters() {
    #expect("<a href=\"x\">'&".htmlEscaped == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;")
    let marked = "<\u{301}b \"\u{301} &\u{20E3} '\u{FE0F} é"
    #expect(marked.htmlEscaped.unicodeScalars.allSatisfy { !"<>\"'".unicodeScalars.contains($0) })
    #expect(marked.htmlEscaped.unicodeScalars.count == marked.unicodeScalars.count + 3 + 5 + 4 + 4)
  }
}
