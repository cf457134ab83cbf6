import Logging
import NIOPosix
import ServiceLifecycle
import TangorCore
import TangorServing
import TangorTables

/// The tables that the configuration names: made from their files at the start, and made anew when the files change.
struct TableSources: Sendable {
  private struct Watched: Sendable {
    let name: String
    let file: TableFile
    let table: Table
    let state: FileMetadata?
  }

  private var watched: [Watched] = []
  private let time: TimeSource
  private let logger: Logger

  /// How often files are looked at.
  private static let step = Duration.milliseconds(250)

  /// Makes the tables. Blocks as long as the files take to be read.
  ///
  /// - Throws: ``StartError`` when a file cannot be used.
  init(_ sources: [String: TableSource], hostedBy tables: TableRegistry, logger: Logger, time: TimeSource = .continuous) throws {
    self.time = time
    self.logger = logger
    for (name, source) in sources.sorted(by: { $0.key < $1.key }) {
      do {
        guard let file = TableFile(path: source.source) else { throw TableError("a table's file ends in \(TableFile.endings)") }
        let state = file.state()
        let table = try Table(file.read(), index: source.index, limit: source.limit)
        try tables.host(table, as: name, isReadOnly: source.isReadOnly)
        if source.watch { watched.append(Watched(name: name, file: file, table: table, state: state)) }
      } catch {
        throw StartError("the table '\(name)' cannot be made from '\(source.source)': \(error.sentence)")
      }
    }
  }

  /// Whether there is anything to watch.
  var isEmpty: Bool { watched.isEmpty }

  /// Follows the files until the task is cancelled.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      for watched in watched { group.addTask { await follow(watched) } }
    }
  }

  private func follow(_ watched: Watched) async {
    var known = watched.state
    var last = known
    while (try? await time.sleep(time.now() + Self.step)) != nil {
      guard let state = try? await NIOThreadPool.singleton.runIfActive({ watched.file.state() }) else { continue }
      // One that still changes is being written.
      defer { last = state }
      guard state != known, state == last else { continue }
      known = state
      await replace(watched)
    }
  }

  private func replace(_ watched: Watched) async {
    do {
      let batch = try await NIOThreadPool.singleton.runIfActive { try watched.file.read().update(watched.table) }
      // A table of which no column is there would be emptied by a file of another kind.
      if watched.file.format == .csv, batch.columns.isEmpty { throw TableError("it has none of the table's columns") }
      try await watched.table.replace(batch)
      logger.info("A table was read anew", metadata: ["table": "\(watched.name)", "rows": "\(batch.rowCount)"])
    } catch is CancellationError {
      return
    } catch {
      logger.error(
        "A table's file changed and cannot be used; the table stays as it was",
        metadata: ["table": "\(watched.name)", "file": "\(watched.file.path)", "error": "\(error.sentence)"])
    }
  }
}

extension Error {
  /// What a person is told of it.
  fileprivate var sentence: String { (self as? TangorError)?.detail ?? "\(self)" }
}
