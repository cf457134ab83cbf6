import NIOCore
import TangorCore
import TangorServing
import Testing

@testable import TangorServices

@Suite struct StreamedBodyTests {
  @Test func termsHoldWhereAServiceStreams() throws {
    let services = ServiceRegistry()
    func hasTerms(_ method: String, _ uri: String, base: String = "") -> Bool {
      services.bodyTerms(method: method, uri: uri, basePath: base, requestTimeout: .seconds(30)) != nil
    }
    try services.add("/whole", methods: ["POST"]) { _ in .empty }
    #expect(!hasTerms("POST", "/whole"))
    try services.add("/in/:name", methods: ["POST", "PUT"], options: .init(body: .streamed())) { _ in .empty }
    try services.add("/in/:name", methods: ["PATCH"]) { _ in .empty }
    #expect(hasTerms("POST", "/in/a%20b?query=/whole") && hasTerms("PUT", "/in/x"))
    #expect(!hasTerms("PATCH", "/in/x") && !hasTerms("GET", "/in/x") && !hasTerms("POST", "/whole") && !hasTerms("POST", "/in"))
    #expect(hasTerms("POST", "/app/in/x", base: "/app") && !hasTerms("POST", "/in/x", base: "/app"))
  }
}
