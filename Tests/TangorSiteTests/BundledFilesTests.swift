import Foundation
import Hummingbird
import HummingbirdTesting
import NIOCore
import TangorServing
import TangorTesting
import Testing

@testable import TangorSite

@Suite struct BundledFilesTests {
  static var fixture: SiteFixture {
    var site = SiteFixture()
    site.bundle = BundledFiles([
      ("tangor.js", ByteBuffer(string: "export {}")), ("console/index.html", ByteBuffer(string: "console")),
    ])
    return site
  }

  @Test func servedBelowItsPath() async throws {
    let site = Self.fixture
    let answer = try await site.get("/tangor/tangor.js")
    #expect(answer.text == "export {}")
    #expect(answer.headers[.contentType] == "text/javascript; charset=utf-8")
    #expect(answer.headers[.lastModified] == nil)
    let tag = try #require(answer.headers[.eTag])
    #expect(try await site.get("/tangor/tangor.js", [.ifNoneMatch: tag]).status == .notModified)
    #expect(try await site.get("/tangor/tangor.js", [.range: "bytes=0-5"]).text == "export")
    #expect(try await site.get("/tangor/tangor.js", method: .post).status == .methodNotAllowed)
    #expect(try await site.get("/tangor/console").headers[.location] == "/tangor/console/")
    #expect(try await site.get("/tangor/console/").text == "console")
    #expect(try await site.get("/tangor/none.js").status == .notFound)
    #expect(try await site.get("/tangor/tangor.js/").status == .notFound)
    #expect(try await site.get("/tangor/../tangor/tangor.js").status == .notFound)
  }

  @Test func siteMayAddToIt() async throws {
    let site = Self.fixture
    site.folder.write("tangor/own.js", "own")
    site.folder.write("tangor/tangor.js", "never")
    #expect(try await site.get("/tangor/own.js").text == "own")
    #expect(try await site.get("/tangor/tangor.js").text == "export {}")
  }

  @Test func tagsTellContentsApart() async throws {
    var one = SiteFixture()
    one.bundle = BundledFiles([("a", ByteBuffer(string: "1"))])
    var two = SiteFixture()
    two.bundle = BundledFiles([("a", ByteBuffer(string: "2"))])
    let first = try await one.get("/tangor/a").headers[.eTag]
    let second = try await two.get("/tangor/a").headers[.eTag]
    #expect(first != second)
  }

  @Test func binaryCarriesTheBrowserFolder() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Browser").standardizedFileURL
    #expect(BundledFiles.browser.paths.contains("tangor.js"))
    for path in BundledFiles.browser.paths {
      let content = try Data(contentsOf: folder.appending(path: path))
      let entry = try #require(BundledFiles.browser[path])
      guard case .memory(let buffer) = entry.plain.content else {
        Issue.record("\(path) is not in memory")
        continue
      }
      #expect(Array(buffer: buffer) == Array(content), "\(path)")
    }
  }
}
