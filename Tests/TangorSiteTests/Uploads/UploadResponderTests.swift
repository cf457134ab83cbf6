import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization
import TangorCore
import TangorServing
import TangorTesting
import Testing

@testable import TangorSite

/// A folder for uploads behind a router.
struct UploadFixture {
  let folder = TemporaryFolder()
  var configuration = UploadConfiguration()
  var basePath = ""
  let events = Events()

  final class Events: Sendable {
    private let all = Mutex<[UploadEvent]>([])
    var names: [String] {
      all.withLock { events in
        events.map { event in
          switch event.phase {
          case .started: "started \(event.name)"
          case .progress: "progress \(event.bytes)/\(event.total.map(String.init) ?? "?")"
          case .finished(let isNew): "finished \(event.bytes) \(isNew)"
          case .failed(let error): "failed \(error.code.name)"
          }
        }
      }
    }
    func add(_ event: UploadEvent) { all.withLock { $0.append(event) } }
  }

  struct Responder: HTTPResponder {
    let uploads: UploadResponder<TangorRequestContext>
    let basePath: String

    func respond(to request: Request, context: TangorRequestContext) async throws -> Response {
      do {
        let path = request.uri.path.dropFirst(basePath.count)
        return try await uploads.respond(to: request, at: path, context: context) ?? Response(status: .notFound)
      } catch let error as TangorError {
        return Problem(error, requestID: "-").response(accept: nil)
      }
    }
  }

  func run(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
    var configuration = configuration
    configuration.folders = ["/uploads": folder.path]
    let registry = UploadRegistry(configuration)
    registry.observe { [events] in events.add($0) }
    let uploads = try UploadResponder<TangorRequestContext>(registry, basePath: basePath, files: FileResponder())
    let application = Application(
      responder: Responder(uploads: uploads, basePath: basePath), configuration: .init(address: .hostname("127.0.0.1", port: 0)))
    try await application.test(.router) { try await body($0) }
  }

  /// Everything in the folder, hidden names too.
  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted() }
}

extension TestClientProtocol {
  /// Puts a short file and tells the status.
  fileprivate func put(_ uri: String) async throws -> HTTPResponse.Status {
    try await execute(uri: uri, method: .put, body: ByteBuffer(string: "x")).status
  }
}

@Suite struct UploadResponderTests {
  @Test func eventsTellHowAnUploadGoes() async throws {
    var fixture = UploadFixture()
    fixture.basePath = "/app"
    fixture.configuration.rules.acceptedTypes = ["png", "txt"]
    try await fixture.run { client in
      let stored = try await client.execute(
        uri: "/app/uploads/a%20b.txt", method: .put, headers: [.contentLength: "5"], body: ByteBuffer(string: "hello"))
      #expect(stored.status == .created && stored.headers[.location] == "/app/uploads/a%20b.txt")
      #expect(String(buffer: stored.body) == #"{"name":"a b.txt","size":5,"url":"/app/uploads/a%20b.txt"}"#)
      let refused = try await client.execute(uri: "/app/uploads/b.png", method: .put, body: ByteBuffer(string: "no picture"))
      #expect(refused.status == .unsupportedMediaType)
    }
    #expect(fixture.names == ["a b.txt"])
    let names = fixture.events.names
    #expect(names.prefix(3) == ["started a b.txt", "progress 5/5", "finished 5 true"])
    #expect(names.dropFirst(3).first == "started b.png" && names.last == "failed unsupported_media_type")
  }

  @Test func theListShowsFilesAlone() async throws {
    let fixture = UploadFixture()
    fixture.folder.write("b", "12")
    fixture.folder.write("a", "1")
    fixture.folder.write(".hidden", "1")
    fixture.folder.write("service.py", "1")
    fixture.folder.makeFolder("folder")
    fixture.folder.link("link", to: "a")
    try await fixture.run { client in
      #expect(String(buffer: try await client.execute(uri: "/uploads", method: .get).body) == #"["a","b"]"#)
      let verbose = String(buffer: try await client.execute(uri: "/uploads/?verbose", method: .get).body)
      #expect(verbose.hasPrefix(#"[{"name":"a","size":1,"modified":"2020-09-13T12:26:40Z"}"#))
    }
  }

  @Test func aFileThatWouldConfigureAServiceIsRefused() async throws {
    let fixture = UploadFixture()
    fixture.folder.write("calc.py", "")
    try await fixture.run { client in
      let status1 = try await client.put("/uploads/calc.yaml")
      #expect(status1 == .forbidden)
      let status2 = try await client.put("/uploads/other.yaml")
      #expect(status2 == .created)
    }
  }

  @Test func aFormIsStoredWholeOrNotAtAll() async throws {
    let fixture = UploadFixture()
    fixture.folder.write("there", "old")
    func form(_ names: String...) -> ByteBuffer {
      let parts = names.map { "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\($0)\"\r\n\r\n\($0)\r\n" }
      return ByteBuffer(string: parts.joined() + "--b--\r\n")
    }
    let headers: HTTPFields = [.contentType: "multipart/form-data; boundary=b"]
    let bodies = [form("new", "there"), form("new", "../evil"), form(), ByteBuffer(string: "--b\r\n")]
    let good = form("1", "2")
    try await fixture.run { client in
      for body in bodies {
        let answer = try await client.execute(uri: "/uploads", method: .post, headers: headers, body: body)
        #expect((400..<500).contains(answer.status.code))
      }
      let answer = try await client.execute(uri: "/uploads", method: .post, headers: headers, body: good)
      #expect(answer.status == .created)
    }
    #expect(fixture.names == ["1", "2", "there"])
    #expect(
      fixture.events.names.count { $0.hasPrefix("started") }
        == fixture.events.names.count { !$0.hasPrefix("started") && !$0.hasPrefix("progress") })
  }

  @Test func aFolderThatCannotTakeUploadsStopsTheStart() throws {
    let folder = TemporaryFolder()
    folder.write("file", "")
    for (route, path) in [
      ("/uploads", folder.path("file")), ("/uploads", folder.path("none/deep")), ("/", folder.path), ("/a/../b", folder.path),
    ] {
      var configuration = UploadConfiguration()
      configuration.folders = [route: path]
      #expect(throws: TangorError.self) { try UploadRegistry(configuration).open() }
    }
  }

  @Test func leftOversAreSweptAndUnfinishedUploadsKept() throws {
    let fixture = UploadFixture()
    let prefix = UploadFolder.hiddenPrefix
    let (young, old) = (Key().description, Key().description)
    fixture.folder.write(prefix + Key().description + ".new", "lost")
    fixture.folder.write(prefix + young + ".part", "12", modified: nil)
    fixture.folder.write(prefix + young + ".json", #"{"name":"a","length":50,"metadata":""}"#)
    fixture.folder.write(prefix + old + ".part", "12")
    fixture.folder.write(prefix + old + ".json", "{}")
    fixture.folder.write("file", "1")
    var configuration = fixture.configuration
    configuration.quota = ByteSize(bytes: 100)
    let folder = try UploadFolder(route: "/uploads", path: fixture.folder.path, configuration: configuration)
    folder.recover()
    #expect(fixture.names == [prefix + young + ".json", prefix + young + ".part", "file"].sorted())
    #expect(folder.promisedBytes == 50)
  }

  @Test func descriptorsComeBack() async throws {
    let fixture = UploadFixture()
    try await fixture.run { client in
      for number in 0..<20 {
        let status: HTTPResponse.Status = number < 10 ? .created : .conflict
        let status3 = try await client.put("/uploads/\(number % 10)")
        #expect(status3 == status)
      }
    }
    #expect(TemporaryFolder.openDescriptors(below: fixture.folder.path) == 0)
  }
}
