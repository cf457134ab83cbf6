import Foundation
import Logging
import TangorTables
import TangorTesting
import Testing

@testable import Tangor

/// Tables that come from files.
@Suite(.timeLimit(.minutes(1))) struct TableSourcesTests {
  private let folder: TemporaryFolder
  private let tables = TableRegistry(configuration: .init())
  private let clock = ManualClock()

  init() { folder = TemporaryFolder() }

  private func write(_ text: String, _ name: String) throws -> String {
    let path = folder.path + "/" + name
    try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    return path
  }

  private func sources(_ sources: [String: TableSource]) throws -> TableSources {
    try TableSources(sources, hostedBy: tables, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, time: TimeSource(clock))
  }

  private func rows(_ name: String) async throws -> String {
    let table = try #require(tables[name])
    let view = try await table.makeView(ViewConfiguration())
    let text = try await table.withView(view) { $0.slice(Viewport(), keys: false) }.json(ids: false, index: false, isFormatted: false)
    return String(decoding: text.objects(), as: UTF8.self)
  }

  @Test(arguments: [
    ("t.csv", "a,b\n1,x\n2,y\n"), ("t.json", #"[{"a":1,"b":"x"},{"a":2,"b":"y"}]"#), ("t.json", #" {"a":[1,2],"b":["x","y"]}"#),
    ("t.ndjson", "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y\"}\n"), ("t.JSONL", "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y\"}\n"),
  ])
  func aFileBecomesATable(name: String, text: String) async throws {
    _ = try sources(["t": TableSource(write(text, name))])
    #expect(try await rows("t") == #"[{"a":1,"b":"x"},{"a":2,"b":"y"}]"#)
  }

  @Test func arrowIsReadToo() async throws {
    let batch = Batch(rowCount: 2, columns: [BatchColumn("a", [.integer(1), .integer(2)], kind: .int64)])
    let path = folder.path + "/t.arrow"
    try Data(ArrowWriter.stream(batch)).write(to: URL(filePath: path))
    _ = try sources(["t": TableSource(path)])
    #expect(try await rows("t") == #"[{"a":1},{"a":2}]"#)
  }

  @Test func indexAndLimitHold() async throws {
    var indexed = TableSource(try write("a,b\n1,x\n1,y\n", "i.csv"))
    indexed.index = "a"
    var limited = TableSource(try write("a,b\n1,x\n2,y\n", "l.csv"))
    limited.limit = 1
    _ = try sources(["i": indexed, "l": limited])
    #expect(try await rows("i") == #"[{"a":1,"b":"y"}]"#)
    #expect(try await rows("l") == #"[{"a":2,"b":"y"}]"#)
  }

  @Test func whatCannotBeUsedIsSaid() throws {
    var unknown = TableSource(try write("a\n1\n", "a.csv"))
    unknown.index = "z"
    for (source, word) in [
      (TableSource(folder.path + "/none.csv"), "none.csv"), (TableSource(try write("[{]", "bad.json")), "bad.json"), (unknown, "z"),
      (TableSource(try write("a", "a.txt")), ".csv"),
    ] {
      let error = #expect(throws: StartError.self) { try sources(["t": source]) }
      #expect(error?.description.contains("'t'") == true && error?.description.contains(word) == true, "\(String(describing: error))")
    }
  }

  /// Lets the followers look at their files a number of times.
  private func look(_ times: Int) async {
    for _ in 0..<times {
      await clock.sleepers()
      clock.advance(by: .milliseconds(250))
    }
    await clock.sleepers()
  }

  @Test func aTableFollowsItsFile() async throws {
    var source = TableSource(try write("a,b\n1,x\n2,y\n", "t.csv"))
    source.watch = true
    source.index = "a"
    let sources = try sources(["t": source])
    let following = Task { await sources.run() }
    _ = try write("a,b\n2,z\n3,w\n", "t.csv")
    await look(2)
    #expect(try await rows("t") == #"[{"a":2,"b":"z"},{"a":3,"b":"w"}]"#)
    // What cannot be read leaves the table as it was, and is read when it is mended.
    _ = try write("x;y\n1;2\n", "t.csv")
    await look(2)
    #expect(try await rows("t") == #"[{"a":2,"b":"z"},{"a":3,"b":"w"}]"#)
    try FileManager.default.removeItem(atPath: source.source)
    await look(2)
    _ = try write("a,b\n4,v\n", "t.csv")
    await look(2)
    #expect(try await rows("t") == #"[{"a":4,"b":"v"}]"#)
    following.cancel()
    await following.value
  }

  @Test func aFileThatStillChangesIsNotReadYet() async throws {
    var source = TableSource(try write("a\n1\n", "t.csv"))
    source.watch = true
    let sources = try sources(["t": source])
    let following = Task { await sources.run() }
    for count in 2...4 {
      _ = try write("a\n" + String(repeating: "7\n", count: count), "t.csv")
      await look(1)
      #expect(try await rows("t") == #"[{"a":1}]"#)
    }
    await look(1)
    #expect(try await rows("t").count == 33)
    following.cancel()
    await following.value
  }
}
