import TangorCore
import TangorTesting
import Testing

@testable import TangorSite

@Suite struct GatheredChangesTests {
  @Test func changesAreToldOnceTheyRest() {
    var gathered = GatheredChanges(longest: .seconds(1))
    #expect(gathered.add([], at: .zero) == nil)
    #expect(gathered.add(["/a"], at: .milliseconds(100)) == nil)
    #expect(gathered.add(["/b", "/a"], at: .milliseconds(200)) == nil)
    #expect(gathered.add([], at: .milliseconds(300)) == ["/a", "/b"])
    #expect(gathered.add([], at: .milliseconds(400)) == nil)
  }

  @Test func changesThatNeverRestAreToldAfterAWhile() {
    var gathered = GatheredChanges(longest: .seconds(1))
    let told = (0..<25).map { gathered.add(["/\($0)"], at: .milliseconds(100 * $0)) }
    #expect(told.indices.filter { told[$0] != nil } == [10, 21])
    #expect(told[10]?.count == 11 && told[21]?.count == 11)
  }
}

@Suite struct FolderChangesTests {
  /// The ways to learn of changes; all must tell the same.
  enum Kind: CaseIterable {
    case notified, compared

    func changes(_ folders: [WatchedFolder]) throws -> any FolderChanges {
      switch self {
      case .notified: try #require(NotifiedFolders(folders))
      case .compared: ComparedFolders(folders)
      }
    }
  }

  @Test(arguments: Kind.allCases) func whatChangesIsTold(kind: Kind) throws {
    let (root, data) = (TemporaryFolder(), TemporaryFolder())
    root.write("index.html", "1")
    root.write(".git/index", "1")
    root.write("deep/er/a b.css", "1")
    let changes = try kind.changes([WatchedFolder(route: "", path: root.path), WatchedFolder(route: "/data", path: data.path)])
    #expect(changes.changes() == [])
    root.write("index.html", "22", modified: nil)
    root.write("deep/er/a b.css", "22", modified: nil)
    data.write("x.json", "1", modified: nil)
    #expect(changes.changes() == ["/index.html", "/deep/er/a%20b.css", "/data/x.json"])
    for name in [".git/index", ".hidden", "index.html~", "a.swp", "service.py", "tangor.yaml"] { root.write(name, "333", modified: nil) }
    #expect(changes.changes() == [], "what is not served concerns no page")
    root.write("new/inner/page.html", "1", modified: nil)
    root.write("temporary.html", "4444", modified: nil)
    root.replace("index.html", with: "temporary.html")
    #expect(changes.changes().isSuperset(of: ["/new/inner/page.html", "/index.html"]))
    root.delete("new/inner/page.html")
    #expect(changes.changes() == ["/new/inner/page.html"])
    #expect(changes.changes() == [])
  }
}

@Suite(.timeLimit(.minutes(1))) struct ReloaderTests {
  /// Changes that a test makes up.
  private struct MadeUp: FolderChanges {
    let found: Set<String>
    func changes() -> Set<String> { found }
  }

  @Test func pagesAreToldAndLeave() async throws {
    let clock = ManualClock()
    let paths = Set((0..<300).map { "/\($0)" })
    let reloader = Reloader([], time: TimeSource(clock)) { _ in MadeUp(found: paths) }
    let (messages, leave) = reloader.listen()
    #expect(reloader.pages == 1)
    let task = Task { await reloader.run() }
    for _ in 0..<12 {
      await clock.sleepers()
      clock.advance(by: .milliseconds(100))
    }
    var iterator = messages.makeAsyncIterator()
    guard case .changed(let told)? = await iterator.next() else {
      Issue.record("nothing was told")
      return
    }
    #expect(told.count == Reloader.maximumPaths)
    task.cancel()
    await task.value
    leave()
    #expect(reloader.pages == 0)
    reloader.shutdown()
    #expect(throws: TangorError.self) { try reloader.check() }
    var late = reloader.listen().messages.makeAsyncIterator()
    #expect(await late.next() == nil)
  }
}
