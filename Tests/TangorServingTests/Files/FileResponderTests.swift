import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix
import TangorCore
import TangorServing
import TangorTesting
import Testing

@Suite struct FileResponderTests {
  let folder = TemporaryFolder()
  let clock = ManualClock()

  func responder(_ change: (inout FileSettings) -> Void = { _ in }, threadPool: NIOThreadPool = .singleton) -> FileResponder {
    var settings = FileSettings()
    change(&settings)
    return FileResponder(settings: settings, time: TimeSource(clock), threadPool: threadPool)
  }

  @Test func answersWhole() async throws {
    folder.write("a.txt", "hello")
    let answer = try await responder().answer(folder.path("a.txt"))
    #expect(answer.status == .ok)
    #expect(answer.text == "hello")
    #expect(answer[.contentType] == "text/plain; charset=utf-8")
    #expect(answer[.contentLength] == "5")
    #expect(answer[.lastModified] == "Sun, 13 Sep 2020 12:26:40 GMT")
    #expect(answer[.acceptRanges] == "bytes")
    #expect(answer[.xContentTypeOptions] == "nosniff")
    #expect(answer[.cacheControl] == "no-cache")
    #expect(answer[.vary] == nil)
    #expect(answer[.eTag]?.hasPrefix("\"") == true)
  }

  @Test func headHasTheFieldsAndNoBody() async throws {
    for size in [5, 2 << 20] {
      folder.writeSparse("a.bin", size: size)
      let answer = try await responder().answer(folder.path("a.bin"), method: .head, [.range: "bytes=0-1"])
      #expect(answer.status == .ok)
      #expect(answer[.contentLength] == String(size))
      #expect(answer.bytes.isEmpty)
    }
  }

  @Test func contentTypeCanBeChosen() async throws {
    folder.write("a.txt", "{}")
    let responder = responder()
    #expect(try await responder.answer(folder.path("a.txt"))[.contentType] == "text/plain; charset=utf-8")
    let response = try await responder.response(path: folder.path("a.txt"), contentType: "application/json", request: .test())
    #expect(response.headers[.contentType] == "application/json")
  }

  @Test func missingFilesAndThingsThatAreNoFiles() async throws {
    folder.makeFolder("d")
    folder.makeFIFO("f")
    for name in ["none", "d", "f", "a\u{0}b"] {
      await #expect(throws: TangorError.self) { try await responder().answer(folder.path(name)) }
    }
    await #expect(throws: TangorError.self) { try await responder().answer("/dev/null") }
  }

  @Test(arguments: [0, 1 << 20])
  func ranges(cacheSize: Int) async throws {
    folder.write("a.txt", "0123456789")
    let responder = responder {
      $0.cacheSize = cacheSize
      $0.chunkSize = 3
    }
    let one = try await responder.answer(folder.path("a.txt"), [.range: "bytes=2-7"])
    #expect(one.status == .partialContent)
    #expect(one.text == "234567")
    #expect(one[.contentRange] == "bytes 2-7/10")
    #expect(one[.contentLength] == "6")
    let many = try await responder.answer(folder.path("a.txt"), [.range: "bytes=0-1,-2"])
    #expect(many.status == .partialContent)
    let type = try #require(many[.contentType])
    let boundary = type.replacing("multipart/byteranges; boundary=", with: "")
    #expect(boundary != type)
    #expect(many[.contentRange] == nil)
    #expect(
      many.text == """
        \r\n--\(boundary)\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes 0-1/10\r\n\r\n01\
        \r\n--\(boundary)\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes 8-9/10\r\n\r\n89\
        \r\n--\(boundary)--\r\n
        """)
    #expect(many[.contentLength] == String(many.bytes.count))
    let tooMany = try await responder.answer(
      folder.path("a.txt"), [.range: "bytes=" + Array(repeating: "0-0", count: 17).joined(separator: ",")])
    #expect(tooMany.status == .ok)
    #expect(tooMany.text == "0123456789")
    let error = await #expect(throws: TangorError.self) { try await responder.answer(folder.path("a.txt"), [.range: "bytes=10-"]) }
    #expect(error?.code == .rangeNotSatisfiable)
    let problem = Problem(try #require(error), requestID: "r").response(accept: nil)
    #expect(problem.headers[.contentRange] == "bytes */10")
    #expect(problem.status == .rangeNotSatisfiable)
  }

  @Test func rangesDependOnIfRange() async throws {
    folder.write("a.txt", "0123456789")
    let responder = responder()
    let tag = try #require(try await responder.answer(folder.path("a.txt"))[.eTag])
    #expect(try await responder.answer(folder.path("a.txt"), [.range: "bytes=0-1", .ifRange: tag]).status == .partialContent)
    #expect(try await responder.answer(folder.path("a.txt"), [.range: "bytes=0-1", .ifRange: "\"other\""]).text == "0123456789")
    #expect(try await responder.answer(folder.path("a.txt"), [.range: "bytes=50-", .ifRange: "\"other\""]).status == .ok)
    // A precondition comes before the range.
    #expect(try await responder.answer(folder.path("a.txt"), [.range: "bytes=50-", .ifNoneMatch: tag]).status == .notModified)
  }

  @Test func conditions() async throws {
    folder.write("a.txt", "hello")
    let responder = responder()
    let tag = try #require(try await responder.answer(folder.path("a.txt"))[.eTag])
    let same = try await responder.answer(folder.path("a.txt"), [.ifNoneMatch: tag])
    #expect(same.status == .notModified)
    #expect(same.bytes.isEmpty)
    #expect(same[.eTag] == tag)
    #expect(same[.contentLength] == nil)
    #expect(same[.contentType] == nil)
    #expect(same[.cacheControl] == "no-cache")
    let error = await #expect(throws: TangorError.self) { try await responder.answer(folder.path("a.txt"), [.ifMatch: "\"x\""]) }
    #expect(error?.code == .preconditionFailed)
    // A service's POST that answers with a file is not conditional.
    #expect(try await responder.answer(folder.path("a.txt"), method: .post, [.ifNoneMatch: tag, .range: "bytes=0-0"]).text == "hello")
  }

  @Test func tagsFollowTheState() async throws {
    let responder = responder { $0.cacheSize = 0 }
    folder.write("a.txt", "one")
    let first = try await responder.answer(folder.path("a.txt"))[.eTag]
    folder.write("a.txt", "two")
    folder.touch("a.txt", modified: TemporaryFolder.settled, nanoseconds: 1)
    let second = try await responder.answer(folder.path("a.txt"))[.eTag]
    #expect(first != second)
    // As young as it is, the file may change within its time stamp.
    folder.write("a.txt", "new", modified: 4_000_000_000)
    #expect(try await responder.answer(folder.path("a.txt"))[.eTag]?.hasPrefix("W/\"") == true)
  }

  @Test func compressedNeighbours() async throws {
    folder.write("a.js", "plain")
    folder.write("a.js.gz", "gzipped")
    folder.write("a.js.br", "brotli", modified: TemporaryFolder.settled + 5)
    let responder = responder()
    let path = folder.path("a.js")
    let brotli = try await responder.answer(path, [.acceptEncoding: "gzip, br"])
    #expect(brotli.text == "brotli")
    #expect(brotli[.contentEncoding] == "br")
    #expect(brotli[.contentType] == "text/javascript; charset=utf-8")
    #expect(brotli[.vary] == "Accept-Encoding")
    #expect(brotli[.acceptRanges] == nil)
    #expect(try await responder.answer(path, [.acceptEncoding: "gzip"]).text == "gzipped")
    #expect(try await responder.answer(path, [.acceptEncoding: "br;q=0.1, gzip"]).text == "gzipped")
    let plain = try await responder.answer(path)
    #expect(plain.text == "plain")
    #expect(plain[.vary] == "Accept-Encoding")
    #expect(plain[.contentEncoding] == nil)
    #expect(Set([plain[.eTag], brotli[.eTag], try await responder.answer(path, [.acceptEncoding: "gzip"])[.eTag]]).count == 3)
    // Parts are cut from the plain bytes, whatever coding is accepted.
    let part = try await responder.answer(path, [.acceptEncoding: "br", .range: "bytes=0-1"])
    #expect(part.text == "pl")
    #expect(part[.contentEncoding] == nil)
    #expect(part[.eTag] == plain[.eTag])
    let same = try await responder.answer(path, [.acceptEncoding: "br", .ifNoneMatch: try #require(brotli[.eTag])])
    #expect(same.status == .notModified)
    #expect(same[.vary] == "Accept-Encoding")
  }

  @Test func neighboursOlderThanTheirFileAreIgnored() async throws {
    folder.write("a.js", "plain")
    folder.write("a.js.gz", "old", modified: TemporaryFolder.settled - 1)
    let answer = try await responder().answer(folder.path("a.js"), [.acceptEncoding: "gzip"])
    #expect(answer.text == "plain")
    #expect(answer[.vary] == nil)
  }

  @Test func cacheAsksTheDiskWhenItsTimeHasCome() async throws {
    let responder = responder()
    folder.write("a.txt", "one")
    #expect(try await responder.answer(folder.path("a.txt")).text == "one")
    folder.write("a.txt", "two", modified: TemporaryFolder.settled + 1)
    clock.advance(by: .milliseconds(999))
    #expect(try await responder.answer(folder.path("a.txt")).text == "one")
    clock.advance(by: .milliseconds(1))
    #expect(try await responder.answer(folder.path("a.txt")).text == "two")
    folder.delete("a.txt")
    clock.advance(by: .seconds(1))
    await #expect(throws: TangorError.self) { try await responder.answer(folder.path("a.txt")) }
    #expect(responder.cache.usage.count == 0)
    folder.write("a.txt", "three")
    #expect(try await responder.answer(folder.path("a.txt")).text == "three")
  }

  @Test func contentWithinOneTimeStampIsNotTakenForTheSame() async throws {
    let responder = responder()
    folder.write("a.txt", "one", modified: 4_000_000_000)
    #expect(try await responder.answer(folder.path("a.txt")).text == "one")
    // The same size, time and inode: only that the file was unsettled tells that the copy may be stale.
    folder.write("a.txt", "two", modified: 4_000_000_000)
    clock.advance(by: .seconds(1))
    #expect(try await responder.answer(folder.path("a.txt")).text == "two")
  }

  @Test func hitsNeedNeitherThreadPoolNorDisk() async throws {
    let pool = NIOThreadPool(numberOfThreads: 1)
    pool.start()
    let responder = responder(threadPool: pool)
    folder.write("a.txt", "hello")
    let tag = try #require(try await responder.answer(folder.path("a.txt"))[.eTag])
    try await pool.shutdownGracefully()
    folder.delete("a.txt")
    #expect(try await responder.answer(folder.path("a.txt")).text == "hello")
    #expect(try await responder.answer(folder.path("a.txt"), [.range: "bytes=1-2"]).text == "el")
    #expect(try await responder.answer(folder.path("a.txt"), [.ifNoneMatch: tag]).status == .notModified)
    clock.advance(by: .seconds(1))
    let error = await #expect(throws: TangorError.self) { try await responder.answer(folder.path("a.txt")) }
    #expect(error?.code == .shuttingDown)
  }

  @Test func cacheStaysWithinItsBudget() async throws {
    let responder = responder {
      $0.cacheSize = 64 << 10
      $0.maximumCachedFileSize = 10_000
    }
    for index in 0..<40 {
      folder.write("f\(index)", bytes: Array(repeating: UInt8(index), count: 8_000))
      #expect(try await responder.answer(folder.path("f\(index)")).bytes.first == UInt8(index))
      #expect(responder.cache.usage.bytes <= 64 << 10)
    }
    #expect(responder.cache.usage.count == 7)
    folder.writeSparse("large", size: 10_001)
    #expect(try await responder.answer(folder.path("large")).bytes.count == 10_001)
    #expect(responder.cache.usage.count == 7)
  }

  @Test func largeFilesAreSentInBoundedPieces() async throws {
    let size = 80 << 20
    folder.writeSparse("large.bin", size: size)
    let responder = responder()
    let response = try await responder.response(path: folder.path("large.bin"), request: .test())
    #expect(response.headers[.contentLength] == String(size))
    let log = PieceLog()
    try await response.body.write(PieceWriter(log: log))
    #expect(log.total == size)
    #expect(log.largest == 128 << 10)
    // The next piece is read when the one before was taken, and not sooner.
    #expect(log.inFlight == 1)
    #expect(log.finished)
    #expect(responder.cache.usage.bytes == 0)
  }

  @Test func fileReplacedWhileBeingSentStaysWhatItWas() async throws {
    folder.write("a", bytes: Array(repeating: 1, count: 10_000))
    folder.write("b", bytes: Array(repeating: 2, count: 500))
    let responder = responder {
      $0.cacheSize = 0
      $0.chunkSize = 1_000
    }
    let response = try await responder.response(path: folder.path("a"), request: .test())
    let log = PieceLog { [folder] piece in if piece == 1 { folder.replace("a", with: "b") } }
    try await response.body.write(PieceWriter(log: log))
    #expect(log.total == 10_000)
    #expect(log.bytes.allSatisfy { $0 == 1 })
  }

  @Test(arguments: ["cut", "overwritten", "grown"])
  func fileChangedWhileBeingSentIsNeverPadded(_ how: String) async throws {
    folder.write("a", bytes: Array(repeating: 1, count: 10_000))
    let responder = responder {
      $0.cacheSize = 0
      $0.chunkSize = 1_000
    }
    let response = try await responder.response(path: folder.path("a"), request: .test())
    let log = PieceLog { [folder] piece in
      guard piece == 3 else { return }
      switch how {
      case "cut": folder.truncate("a", size: 3_500)
      case "overwritten": folder.write("a", bytes: Array(repeating: 2, count: 10_000), modified: nil)
      default: folder.truncate("a", size: 20_000)
      }
    }
    await #expect(throws: FileChanged.self) { try await response.body.write(PieceWriter(log: log)) }
    #expect(log.total == 3_000)
    #expect(!log.finished)
  }

  @Test func logThatGrowsIsSentAsItWas() async throws {
    folder.write("log", bytes: Array(repeating: 1, count: 5_000), modified: 4_000_000_000)
    let responder = responder {
      $0.cacheSize = 0
      $0.chunkSize = 1_000
    }
    let response = try await responder.response(path: folder.path("log"), request: .test())
    #expect(response.headers[.eTag]?.hasPrefix("W/") == true)
    let log = PieceLog { [folder] piece in folder.truncate("log", size: 5_000 + piece) }
    try await response.body.write(PieceWriter(log: log))
    #expect(log.total == 5_000)
  }
}
