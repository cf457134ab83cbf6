import Foundation
import Hummingbird
import HummingbirdTesting
import TangorJSON
import TangorServing
import TangorTesting
import Testing

@testable import TangorSite

@Suite struct DirectoryListingTests {
  static func fixture() -> SiteFixture {
    var site = SiteFixture()
    site.configuration.listings = true
    site.folder.write("d/b.txt", "hello")
    site.folder.write("d/A.bin", bytes: Array(repeating: 0, count: 1_536))
    site.folder.makeFolder("d/zoo")
    site.folder.write("d/<img src=x onerror=alert(1)>&\"'.txt", "")
    site.folder.write("d/50% & #1?.txt", "odd")
    site.folder.write("d/javascript:alert(1)", "odd")
    return site
  }

  @Test func switchedOff() async throws {
    var site = Self.fixture()
    site.configuration.listings = false
    let answer = try await site.get("/d/")
    #expect(answer.status == .forbidden)
    #expect(answer.text.contains("Listing of this directory is switched off."))
    #expect(try await site.get("/d").status == .permanentRedirect)
  }

  @Test func page() async throws {
    let site = Self.fixture()
    let answer = try await site.get("/d/")
    #expect(answer.status == .ok)
    #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
    #expect(answer.headers[.vary] == "Accept")
    let page = answer.text
    #expect(page.contains("<title>Index of /d/</title>"))
    #expect(page.contains("<html lang=\"en\">"))
    #expect(page.contains("<a href=\"../\">Top</a>"))
    #expect(page.contains("<span aria-current=\"page\">d</span>"))
    #expect(page.contains("<a href=\"zoo/\">zoo/</a>"))
    #expect(page.contains("<data value=\"1536\">1.5 KiB</data>"))
    #expect(page.contains("<time datetime=\"2020-09-13T12:26:40Z\">2020-09-13 12:26:40 UTC</time>"))
    #expect(!page.contains("<img"))
    #expect(page.contains("&lt;img src=x onerror=alert(1)&gt;&amp;&quot;&#39;.txt"))
    #expect(!page.contains("href=\"javascript:"))
    let order = ["zoo/", "50%", "&lt;img", "A.bin", "b.txt"].map { page.range(of: ">\($0)")?.lowerBound }
    #expect(!order.contains(nil))
    #expect(order.compactMap { $0 } == order.compactMap { $0 }.sorted())
    // What the page links to is there.
    #expect(try await site.get("/d/50%25%20%26%20%231%3F.txt").text == "odd")
    #expect(page.contains("href=\"50%25%20%26%20%231%3F.txt\""))
  }

  @Test func head() async throws {
    let site = Self.fixture()
    let head = try await site.get("/d/", method: .head)
    #expect(head.text == "")
    let whole = try await site.get("/d/").body.readableBytes
    #expect(head.headers[.contentLength] == String(whole))
  }

  @Test func json() async throws {
    let answer = try await Self.fixture().get("/d/", [.accept: "application/json"])
    #expect(answer.headers[.contentType] == "application/json")
    let text = answer.text
    #expect(text.hasPrefix("{\"path\":\"/d/\",\"entries\":[{\"name\":\"zoo\",\"type\":\"directory\",\"modified\":\""))
    #expect(text.contains("{\"name\":\"b.txt\",\"type\":\"file\",\"size\":5,\"modified\":\"2020-09-13T12:26:40Z\"}"))
    #expect(text.hasSuffix("\"complete\":true}"))
  }

  @Test(arguments: [
    ("", false), ("*/*", false), ("text/html,application/xhtml+xml,*/*;q=0.8", false), ("application/json", true),
    ("application/json, text/html", false), ("application/json, text/html;q=0.9", true), ("text/html, application/json;q=0.9", false),
    ("*/*;q=0.1, application/json", true), ("application/*", true), ("text/*", false), ("application/json;q=0", false),
    ("application/json, */*;q=0.5", true), ("image/png", false),
  ])
  func preference(_ accept: String, _ expected: Bool) { #expect(DirectoryListing.prefersJSON(accept) == expected) }

  @Test func bounded() async throws {
    var site = SiteFixture()
    site.configuration.listings = true
    site.configuration.maximumListed = 3
    for index in 0..<5 { site.folder.write("f\(index)", "") }
    let page = try await site.get("/").text
    #expect(page.split(separator: "<a href=\"f").count == 4)
    #expect(page.contains("The folder holds more than is shown here."))
    #expect(try await site.get("/", [.accept: "application/json"]).text.contains("\"complete\":false"))
  }

  @Test func emptyFolder() async throws {
    var site = SiteFixture()
    site.configuration.listings = true
    #expect(try await site.get("/").text.contains("This folder is empty."))
  }

  @Test(arguments: [(0, "0 B"), (1_023, "1023 B"), (1_024, "1.0 KiB"), (1_500_000, "1.4 MiB"), (Int.max, "8.0 EiB")])
  func readableSizes(_ size: Int, _ text: String) { #expect(DirectoryListing.readable(size) == text) }
}
