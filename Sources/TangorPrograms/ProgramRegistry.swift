package import Logging
package import NIOCore
import NIOPosix
import Synchronization
public import TangorCore
public import TangorServing

/// The programs by their keys: launches them, watches them and ends them.
public final class ProgramRegistry: Sendable {
  /// The settings.
  public let configuration: ProgramsConfiguration
  private let kinds: [String: ProgramKind]
  private let inherited: [String: String]
  private let basePath: String
  private let eventLoops: any EventLoopGroup
  private let time: TimeSource
  private let logger: Logger
  private let started = Atomic(0)
  private let table = Mutex(ProgramTable())
  /// What relays plain HTTP, once something was relayed.
  private let httpRelay = Mutex<HTTPRelay?>(nil)
  /// Wakes ``run()`` when there is something to look after.
  private let arrivals = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

  /// - Parameters:
  ///   - configuration: Kinds and limits.
  ///   - environment: The variables that programs inherit.
  ///   - basePath: The path below which the server serves.
  ///   - logger: Where launches and ends are noted.
  ///   - time: Where time comes from.
  package init(
    configuration: ProgramsConfiguration, environment: [String: String], basePath: String = "", logger: Logger,
    time: TimeSource = .continuous, eventLoops: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) {
    self.configuration = configuration
    inherited = environment
    self.basePath = basePath
    self.logger = logger
    self.time = time
    self.eventLoops = eventLoops
    var kinds = configuration.kinds
    kinds[VTKWebConfiguration.name] = configuration.vtkweb.kind
    self.kinds = kinds
  }

  // MARK: Looking

  /// The programs that pages can reach, in no order.
  public var programs: [Program] { table.withLock { $0.live }.filter(\.isRunning) }

  /// Programs that have been ready, since the start.
  public var startedCount: Int { started.load(ordering: .relaxed) }

  /// The program of a key, perhaps one that has ended.
  ///
  /// - Throws: `program_not_found`.
  public func program(_ key: Key) throws -> Program {
    guard let program = table.withLock({ $0.find(key) }) else { throw TangorError.programNotFound(key.description) }
    return program
  }

  // MARK: Launching

  /// Starts a program and waits until it is ready.
  ///
  /// Cancelling the task ends the program again.
  ///
  /// - Parameters:
  ///   - kind: The name of its kind.
  ///   - script: The script's path within the kind's folders, or an absolute one; for kinds that run scripts.
  ///   - arguments: What the program is given beside.
  ///   - timeout: How long it may take; the kind's own time where nil.
  ///   - client: For whom.
  /// - Throws: `program_not_configured`, `invalid_request`, `forbidden`, `not_found` for a script that cannot be started,
  ///   `too_many_requests`, ``ProgramStartError`` when it does not become ready.
  public func launch(
    kind: String, script: String? = nil, arguments: [String] = [], timeout: Duration? = nil, client: Client
  ) async throws -> Program {
    guard let settings = kinds[kind] else { throw TangorError.kindNotConfigured(kind) }
    let arguments = try ProgramArguments(arguments)
    try arguments.check(refused: settings.refusedArguments)
    let file = try find(script, kind, settings)
    let program = Program(
      kind: kind, settings: settings, script: file?.name, client: client.address, limits: configuration.limits, time: time)
    try table.withLock { table throws(TangorError) in try table.insert(program, configuration.limits) }
    arrivals.continuation.yield()
    do {
      try await start(program, file: file?.file, arguments: arguments.values, timeout: timeout ?? settings.startTimeout)
    } catch {
      _ = program.beginEnd(.abandoned)
      await program.endProcess(grace: configuration.limits.grace)
      table.withLock { $0.remove(program.key) }
      logger.warning("A program did not start", metadata: program.metadata.merging(["error": "\(error)"]) { $1 })
      throw error
    }
    started.add(1, ordering: .relaxed)
    logger.info("Program started", metadata: program.metadata)
    return program
  }

  private func find(_ script: String?, _ kind: String, _ settings: ProgramKind) throws(TangorError) -> (file: String, name: String)? {
    guard settings.takesScript else {
      if let script, !script.isEmpty { throw TangorError(.invalidRequest, "Programs of the kind '\(kind)' take no script.") }
      return nil
    }
    guard let script, !script.isEmpty else {
      throw TangorError(.invalidRequest, "The path of the script to start is missing; it stands behind the name of the kind.")
    }
    return try ScriptFolders(folders: settings.folders).find(script)
  }

  private func start(_ program: Program, file: String?, arguments: [String], timeout: Duration) async throws {
    let deadline = time.now() + timeout
    for attempt in 1... {
      let (port, command) = try command(for: program, file: file, arguments: arguments)
      program.willStart(port: port)
      let start = ProgramStart(program: program, port: port, eventLoop: eventLoops.next(), time: time)
      switch try await start.run(command, until: deadline, onEnd: { [weak self] in self?.conclude(program) }) {
      case .ready:
        guard program.becomeReady() else { throw CancellationError() }
        return
      case .failed(let returnCode):
        // Somebody else may have taken the port between its choice and its use.
        if attempt < 3, program.log.last(50).contains(where: { $0.text.contains("ddress already in use") }), program.startAgain() {
          continue
        }
        throw ProgramStartError(program, returnCode: returnCode)
      case .timedOut: throw ProgramStartError(program, timeout: timeout)
      }
    }
  }

  private func command(for program: Program, file: String?, arguments: [String]) throws -> (port: Int, command: ChildCommand) {
    let settings = program.settings
    let port = try PortProbe.freePort()
    let placeholders = ProgramPlaceholders(values: [
      "script": file ?? "", "port": String(port), "host": "127.0.0.1", "key": program.key.description, "secret": program.secret,
      "path": "\(basePath)/program/\(program.key)",
    ])
    var environment = inherited
    environment.merge(settings.environment.mapValues(placeholders.fill)) { $1 }
    environment.merge([
      "TANGOR_PROGRAM_PORT": String(port), "TANGOR_PROGRAM_HOST": "127.0.0.1", "TANGOR_PROGRAM_KEY": program.key.description,
      "TANGOR_PROGRAM_SECRET": program.secret,
    ]) { $1 }
    let words = placeholders.fill(settings.command, arguments: arguments)
    let folder = file.map { $0.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } }
    return (
      port,
      ChildCommand(
        executable: words.first ?? "", arguments: Array(words.dropFirst()), environment: environment,
        folder: folder?.isEmpty == true ? "/" : folder)
    )
  }

  // MARK: Ending

  /// Ends a program, and forgets it.
  ///
  /// - Returns: When nothing of it is left.
  /// - Throws: `program_not_found`.
  public func terminate(_ key: Key) async throws {
    let program = try program(key)
    _ = program.beginEnd(.deleted)
    await program.endProcess(grace: configuration.limits.grace)
    forget(key)
  }

  /// Forgets a program that has ended.
  func forget(_ key: Key) { table.withLock { $0.remove(key) } }

  /// The process of a program that has run is gone.
  private func conclude(_ program: Program) {
    guard program.hasRun else { return }
    let now = time.now()
    program.log.finish()
    table.withLock { $0.conclude(program, now: now, configuration.limits) }
    logger.info("Program ended", metadata: program.metadata.merging(["returncode": "\(program.returnCode ?? 0)"]) { $1 })
  }

  private func end(_ program: Program, _ cause: ProgramState.Cause) async {
    guard program.beginEnd(cause) else { return }
    logger.notice("Ending a program", metadata: program.metadata.merging(["cause": "\(cause)"]) { $1 })
    await program.endProcess(grace: configuration.limits.grace)
  }

  // MARK: Looking after them

  /// Ends programs that pass their limits and forgets those that ended long ago, until the task is cancelled.
  public func run() async {
    await withDiscardingTaskGroup { endings in
      for await _ in arrivals.stream {
        while table.withLock({ !$0.all.isEmpty }) {
          do { try await time.sleep(time.now() + .seconds(1)) } catch { return }
          // One that takes its time to end keeps no other from being looked after.
          for (program, cause) in sweep() { endings.addTask { await self.end(program, cause) } }
        }
      }
    }
  }

  /// Forgets the programs that ended long ago.
  ///
  /// - Returns: Those that have to end now by their limits, and why.
  private func sweep() -> [(Program, ProgramState.Cause)] {
    let limits = configuration.limits
    let now = time.now()
    let live = table.withLock { table in
      table.forget(now: now)
      return table.live
    }
    return live.compactMap { program in
      var cause = program.due(limits)
      if cause == nil, program.isRunning, let most = limits.memory, let memory = program.memory, memory > most { cause = .memory }
      return cause.map { (program, $0) }
    }
  }

  /// Ends all programs and takes no more: their sockets are told at once. ``finish()`` waits for them.
  public func shutdown() {
    let live = table.withLock { table in
      table.shutDown()
      return table.live
    }
    for program in live { _ = program.beginEnd(.shutdown) }
  }

  /// Waits until the programs that ``shutdown()`` ended are gone.
  public func finish() async {
    await withDiscardingTaskGroup { group in
      for program in table.withLock({ $0.live }) { group.addTask { await program.endProcess(grace: self.configuration.limits.grace) } }
    }
    await httpRelay.withLock { $0.take() }?.shutdown()
  }

  /// What relays plain HTTP; made for the first request, because it has connections of its own.
  func httpRelay(_ configuration: RelayConfiguration) -> HTTPRelay {
    httpRelay.withLock { relay in
      let found = relay ?? HTTPRelay(configuration: configuration)
      relay = found
      return found
    }
  }
}

extension Program {
  /// What the log says of it; the key is a permission and stands there in part.
  var metadata: Logger.Metadata {
    ["program": "\(key.description.prefix(8))…", "kind": "\(kind)", "script": "\(script ?? "-")"]
  }
}

extension TangorError {
  static func programNotFound(_ key: String) -> TangorError {
    TangorError(.programNotFound, "No program has the key '\(key.prefix(64))'. It may have ended or been deleted.")
  }

  static func kindNotConfigured(_ kind: String) -> TangorError {
    if kind == VTKWebConfiguration.name {
      return TangorError(
        .programNotConfigured,
        "No 'vtkpython' is configured: set vtkweb.vtkpython, or --vtkpython, to a Python interpreter that has VTK, and vtkweb.folders to the scripts' folders."
      )
    }
    return TangorError(
      .programNotConfigured, "No kind of programs is called '\(kind.prefix(64))'; the configuration's key 'programs' names them.")
  }
}
