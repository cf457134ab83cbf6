import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TangorCore
import TangorServing
import TangorTesting
import Testing

@testable import TangorSite

/// A site behind a router that answers as an application does.
struct SiteFixture {
  let folder = TemporaryFolder()
  var configuration = SiteConfiguration()
  var basePath = ""
  var excluding: [String] = []
  var bundle = BundledFiles([])
  /// Folders that have to stay as long as the application does.
  var others: [TemporaryFolder] = []

  init() { configuration.root = folder.path }

  func application() throws -> some ApplicationProtocol {
    let site = try SiteResponder<TangorRequestContext>(
      configuration: configuration, basePath: basePath, excluding: excluding, bundles: ["tangor": bundle])
    return Application(
      responder: SiteTestResponder(site: site, basePath: basePath, kept: [folder] + others),
      configuration: .init(address: .hostname("127.0.0.1", port: 0)))
  }

  func get(
    _ uri: String, method: HTTPRequest.Method = .get, _ headers: HTTPFields = [:]
  ) async throws -> TestResponse {
    try await application().test(.router) { try await $0.execute(uri: uri, method: method, headers: headers) }
  }
}

struct SiteTestResponder: HTTPResponder {
  let site: SiteResponder<TangorRequestContext>
  var basePath = ""
  var kept: [TemporaryFolder] = []

  func respond(to request: Request, context: TangorRequestContext) async throws -> Response {
    let missing = Problem(TangorError(.notFound), requestID: "-").response(accept: nil)
    let path = request.uri.path
    let below = path.dropFirst(basePath.count)
    guard path.hasPrefix(basePath), below.isEmpty || below.first == "/" else { return missing }
    do {
      return try await site.respond(to: request, at: below, context: context) ?? missing
    } catch let error as TangorError {
      return Problem(error, requestID: "-").response(accept: nil)
    }
  }
}

extension TestResponse {
  var text: String { String(buffer: body) }
}

@Suite struct SiteResponderTests {
  @Test func directoriesShowTheirIndex() async throws {
    let site = SiteFixture()
    site.folder.write("index.html", "top")
    site.folder.write("a b/index.html", "inner")
    #expect(try await site.get("/").text == "top")
    #expect(try await site.get("/").headers[.contentType] == "text/html; charset=utf-8")
    #expect(try await site.get("/a%20b/").text == "inner")
    #expect(try await site.get("/index.html").text == "top")
    #expect(try await site.get("/index.html/").status == .notFound)
    #expect(try await site.get("/none").status == .notFound)
  }

  @Test func directoryWithoutItsSlashRedirects() async throws {
    var site = SiteFixture()
    site.folder.write("a b/é/index.html", "inner")
    let answer = try await site.get("/a%20b/%C3%A9?x=1&y=%20")
    #expect(answer.status == .permanentRedirect)
    #expect(answer.headers[.location] == "/a%20b/%C3%A9/?x=1&y=%20")
    site.basePath = "/app"
    #expect(try await site.get("/app/a%20b?x").headers[.location] == "/app/a%20b/?x")
    #expect(try await site.get("/app?x").headers[.location] == "/app/?x")
    #expect(try await site.get("/a%20b/").status == .notFound)
    #expect(try await site.get("/application/").status == .notFound)
    #expect(try await site.get("/app/a%20b/%C3%A9/").text == "inner")
    #expect(try await site.get("/app//a%20b").status == .notFound)
  }

  @Test func otherMethodsAreRefusedWhereThereIsAFile() async throws {
    let site = SiteFixture()
    site.folder.write("a.txt", "hello")
    for method in [HTTPRequest.Method.post, .put, .delete, .patch] {
      let answer = try await site.get("/a.txt", method: method)
      #expect(answer.status == .methodNotAllowed)
      #expect(answer.headers[.allow] == "GET, HEAD")
      #expect(try await site.get("/none.txt", method: method).status == .notFound)
    }
    let options = try await site.get("/a.txt", method: .options)
    #expect(options.status == .noContent)
    #expect(options.headers[.allow] == "GET, HEAD, OPTIONS")
    let head = try await site.get("/a.txt", method: .head)
    #expect(head.headers[.contentLength] == "5")
    #expect(head.text == "")
  }

  @Test func foldersAreMountedByTheLongestPrefix() async throws {
    let data = TemporaryFolder()
    let deep = TemporaryFolder()
    var site = SiteFixture()
    site.configuration.folders = ["/data": data.path, "/data/deep/": deep.path]
    site.folder.write("data/hidden.txt", "never")
    data.write("a.txt", "data")
    data.write("deep/b.txt", "never")
    deep.write("b.txt", "deep")
    #expect(try await site.get("/data/a.txt").text == "data")
    #expect(try await site.get("/data/deep/b.txt").text == "deep")
    #expect(try await site.get("/data/hidden.txt").status == .notFound)
    #expect(try await site.get("/data").headers[.location] == "/data/")
    #expect(try await site.get("/database/a.txt").status == .notFound)
    site.configuration.root = nil
    #expect(try await site.get("/data/a.txt").text == "data")
    #expect(try await site.get("/").status == .notFound)
  }

  @Test func wrongFoldersAreRefusedAtTheStart() throws {
    for (path, folder) in [("data", "/tmp"), ("/da//ta", "/tmp"), ("/.x", "/tmp"), ("/data", "/no/such/folder"), ("/data", "/etc/passwd")] {
      var configuration = SiteConfiguration()
      configuration.folders = [path: folder]
      let error = #expect(throws: TangorError.self) { try SiteResponder<TangorRequestContext>(configuration: configuration) }
      #expect(error?.code == .invalidParameters)
      #expect(error?.detail.contains(path == "/data" ? folder : path) == true)
    }
    var twice = SiteConfiguration()
    twice.folders = ["/data": "/tmp", "/data/": "/tmp"]
    #expect(throws: TangorError.self) { try SiteResponder<TangorRequestContext>(configuration: twice) }
  }

  @Test func homepageStandsInForTheIndex() async throws {
    var site = SiteFixture()
    site.configuration.homepage = "/gallery/"
    site.basePath = "/app"
    let answer = try await site.get("/app/")
    #expect(answer.status == .found)
    #expect(answer.headers[.location] == "/app/gallery/")
    site.folder.write("index.html", "top")
    #expect(try await site.get("/app/").text == "top")
    site.configuration.root = nil
    #expect(try await site.get("/app/").status == .found)
    #expect(try await site.get("/app/other").status == .notFound)
  }

  @Test func filesAnswerTheSameFromCacheAndDiskWhateverTheirSpelling() async throws {
    let site = SiteFixture()
    site.folder.write("abc.txt", "hello")
    let responder = try SiteResponder<TangorRequestContext>(configuration: site.configuration, bundles: [:])
    try await Application(responder: SiteTestResponder(site: responder, kept: [site.folder])).test(.router) { client in
      for uri in ["/abc.txt", "/%61bc.txt", "/abc%2etxt", "/abc.txt?x", "/abc.txt"] {
        let answer = try await client.execute(uri: uri, method: .get)
        #expect(answer.text == "hello")
      }
    }
    #expect(responder.files.cache.usage.count == 1)
  }

  @Test func cachedFileThatIsProtectedMeanwhileGoes() async throws {
    let clock = ManualClock()
    let site = SiteFixture()
    site.folder.write("calc.yaml", "secret: 1")
    let files = FileResponder(settings: site.configuration.fileSettings, time: TimeSource(clock))
    let responder = try SiteResponder<TangorRequestContext>(configuration: site.configuration, bundles: [:], files: files)
    try await Application(responder: SiteTestResponder(site: responder, kept: [site.folder])).test(.router) { client in
      let before = try await client.execute(uri: "/calc.yaml", method: .get)
      #expect(before.status == .ok)
      site.folder.write("calc.py", "")
      clock.advance(by: .seconds(1))
      let after = try await client.execute(uri: "/calc.yaml", method: .get)
      #expect(after.status == .notFound)
      #expect(files.cache.usage.count == 0)
    }
  }

  @Test func truncatedFileClosesTheConnection() async throws {
    var site = SiteFixture()
    site.configuration.cacheSize = .init(bytes: 0)
    site.folder.writeSparse("large.bin", size: 1 << 20)
    let folder = site.folder
    let responder = try SiteResponder<TangorRequestContext>(configuration: site.configuration, bundles: [:])
    let router = Router(context: TangorRequestContext.self)
    router.get("/large.bin") { request, context in
      let response = try #require(try await responder.respond(to: request, at: "/large.bin", context: context))
      let body = response.body.map { buffer in
        folder.truncate("large.bin", size: 1_000)
        return buffer
      }
      return Response(status: response.status, headers: response.headers, body: body)
    }
    let application = Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)))
    try await application.test(.live) { client -> Void in
      await #expect(throws: (any Error).self) { _ = try await client.execute(uri: "/large.bin", method: .get) }
    }
  }

  @Test func largeFileArrivesWhole() async throws {
    let site = SiteFixture()
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    site.folder.write("large.bin", bytes: bytes)
    try await site.application().test(.live) { client in
      let answer = try await client.execute(uri: "/large.bin", method: .get)
      #expect(answer.headers[.contentLength] == "3000000")
      #expect(Array(buffer: answer.body) == bytes)
      let parts = try await client.execute(uri: "/large.bin", method: .get, headers: [.range: "bytes=0-199999,-200000"])
      #expect(parts.status == .partialContent)
      #expect(parts.headers[.contentLength] == String(parts.body.readableBytes))
      let head = try await client.execute(uri: "/large.bin", method: .head)
      #expect(head.headers[.contentLength] == "3000000")
    }
  }
}
