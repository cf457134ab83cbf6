import Foundation
import Testing

struct DocumentationTests {
  /// The example of docs/macros.md, and what the page says that it becomes.
  @Test func writesWhatThePageSays() throws {
    let root = (0..<5).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
    let page = try String(contentsOf: root.appending(path: "docs/macros.md"), encoding: .utf8)
    let blocks = page.matches(of: /(?s)```swift\n(.*?)\n```/).map { String($0.1) }
    let source = try #require(blocks.first { $0.contains("@Live") }).replacing("@Live ", with: "@Live(capturesSource: false) ")
    let result = try #require(blocks.first { $0.hasPrefix("extension") })
    let plain = source.replacing(#/@Live\(.*?\) |@Nested |@Requires\(.*?\) /#, with: "")
    expectExpansion(of: source, "\(plain)\n\n\(result)")
  }
}
