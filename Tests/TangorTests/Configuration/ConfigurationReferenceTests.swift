import Foundation
import Testing

@testable import Tangor

@Suite struct ConfigurationReferenceTests {
  /// The page's tables are those of the declaration; `tangor config reference` prints them.
  @Test func thePageSaysWhatTheDeclarationSays() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/configuration.md").standardized
    let text = try String(contentsOf: page, encoding: .utf8)
    let parts = text.components(separatedBy: ConfigurationReference.marker + "\n")
    try #require(parts.count == 2)
    #expect(parts[1] == ConfigurationReference.markdown(), "docs/configuration.md is behind: replace its end by 'tangor config reference'")
  }
}
