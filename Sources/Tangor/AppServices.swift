import ServiceLifecycle
import TangorCore
import TangorPrograms
import TangorServing
import TangorSite
import TangorStreams

// The services of an application's group. A group shuts down its last service first, so they stand in the order: tasks, sockets, the HTTP
// server, leases, draining.

/// Runs the tasks, and cancels them once nothing is served any more.
struct TaskService: Service {
  let tasks: TaskRegistry

  func run() async throws {
    await cancelWhenGracefulShutdown { await tasks.run() }
  }
}

/// Sees sockets off after the HTTP server has stopped.
struct SocketService: Service {
  let sockets: WebSocketRegistry

  func run() async throws {
    try? await gracefulShutdown()
    await sockets.shutdown()
  }
}

/// Ends the leases of streams, of unfinished uploads and of namespaces of tables.
struct SweepService: Service {
  let streams: StreamRegistry
  let polls: PollRegistry
  let uploads: UploadRegistry
  let tables: TableRegistry
  let reloader: Reloader?

  func run() async throws {
    await cancelWhenGracefulShutdown {
      async let streams: Void = streams.run()
      async let polls: Void = polls.run()
      async let uploads: Void = uploads.run()
      async let tables: Void = tables.run()
      async let reloads: Void? = reloader?.run()
      _ = await (streams, polls, uploads, tables, reloads)
    }
  }
}

/// Looks after programs, and sees them off at the end.
struct ProgramService: Service {
  let programs: ProgramRegistry

  func run() async throws {
    await cancelWhenGracefulShutdown { await programs.run() }
    programs.shutdown()
    await programs.finish()
  }
}

/// Has tables follow the files that they come from.
struct TableSourceService: Service {
  let sources: TableSources

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await sources.run()
      try? await gracefulShutdown()
    }
  }
}

/// Begins the shutdown: no new work is taken, and those who wait are answered.
struct DrainService: Service {
  let streams: StreamRegistry
  let polls: PollRegistry
  let channels: ChannelRegistry
  let signals: SignalRegistry
  let tasks: TaskRegistry
  let programs: ProgramRegistry
  let reloader: Reloader?
  let readiness: Readiness
  let onShutdown: @Sendable () -> Void

  func run() async throws {
    try? await gracefulShutdown()
    onShutdown()
    readiness.end()
    streams.shutdown()
    polls.shutdown()
    channels.shutdown()
    signals.shutdown()
    tasks.drain()
    programs.shutdown()
    reloader?.shutdown()
  }
}
