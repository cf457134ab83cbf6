import TangorCore
import TangorStreams
import Testing

@testable import TangorServices

@Suite struct ServiceTrieTests {
  private func found(_ registry: ServiceRegistry, _ path: String) -> String? {
    registry.find(path)?.services["GET"]?.pattern.description
  }

  @Test func theNarrowestPatternWins() throws {
    let registry = ServiceRegistry()
    for path in ["/", "/a", "/a/:x", "/a/b", "/a/b/**", "/:x/c", "/**"] { try registry.add(path) { _ in .empty } }
    for (path, pattern) in [
      ("/", "/"), ("/a", "/a"), ("/a/b", "/a/b"), ("/a/z", "/a/:x"), ("/a/b/c/d", "/a/b/**"), ("/q/c", "/:x/c"), ("/a/c", "/a/:x"),
      ("/q/z", "/**"), ("/a/z/z", "/**"), ("/%61", "/a"), ("/a/b/", "/a/b/**"),
    ] { #expect(found(registry, path) == pattern, "\(path)") }
  }

  @Test func onlyPlainPathsPassTheRouterBy() throws {
    let registry = ServiceRegistry()
    for path in ["/a", "/a/:x", "/a/b/**"] {
      try registry.add(path, json: { (_: ServiceRequest) async throws -> Int in 1 })
    }
    #expect(registry.direct("/a") != nil)
    // A request may spell a pattern's text; the pattern's parameters are what it has to fill.
    for path in ["/a/:x", "/a/b/**", "/a/b"] { #expect(registry.direct(path) == nil, "\(path)") }
  }

  @Test func nothingStandsWhereNothingWasAdded() throws {
    let registry = ServiceRegistry()
    try registry.add("/a/:x") { _ in .empty }
    for path in ["/", "/a", "/a/", "/a/b/c", "/b", "/a/%zz"] { #expect(registry.find(path) == nil, "\(path)") }
  }

  @Test(arguments: ["", "a", "/a//b", "/a/", "/**/a", "/:", "/:a-b", "/:a/:a", "/a*", "/..", "/a?b=c", "/a#b"])
  func badPatternsAreRefused(pattern: String) {
    let registry = ServiceRegistry()
    let error = #expect(throws: TangorError.self) { try registry.add(pattern) { _ in .empty } }
    #expect(error?.detail.contains("'\(pattern)'") == true)
  }

  @Test func duplicatesAreRefusedAndOtherMethodsAreNot() throws {
    let registry = ServiceRegistry()
    try registry.add("/a/:x", methods: ["GET"]) { _ in .empty }
    try registry.add("/a/:y", methods: ["PUT"]) { _ in .empty }
    let error = #expect(throws: TangorError.self) { try registry.add("/a/:z") { _ in .empty } }
    #expect(error?.detail.contains("/a/:x") == true)
    #expect(throws: TangorError.self) { try registry.poll("/p", window: 0) { _ in StreamSource([1]) } }
    #expect(throws: TangorError.self) { try registry.add("/n", methods: []) { _ in .empty } }
  }
}
