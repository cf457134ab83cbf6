import Foundation
public import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle
import Synchronization
public import TangorCore
public import TangorObjects
public import TangorPrograms
public import TangorServices
public import TangorServing
public import TangorSite
public import TangorStreams
import UnixSignals

/// A Tangor application: its services, streams and sockets, and the server that brings them to a page.
///
/// ```swift
/// let app = try TangorApp()
/// try app.services.add("/primes") { _ in .stream(Primes()) }
/// try await app.run()
/// ```
///
/// What is added before ``run(onListening:)`` is served; services may be added later too.
public final class TangorApp: Sendable {
  typealias Context = TangorRequestContext

  struct Parts {
    var methods = LiveMethodTable()
    var middleware: [any MiddlewareProtocol<Request, Response, TangorRequestContext>] = []
    var webSockets: [WebSocketRoute] = []
    var bundles: [String: BundledFiles] = ["tangor": .browser]
    var services: [any Service] = []
    var identify: Identify?
    var hasRun = false
  }

  struct WebSocketRoute {
    let path: String
    let configuration: WebSocketConfiguration
    let answer: @Sendable (WebSocketUpgrade, Request, TangorRequestContext) async throws -> Response
  }

  /// The settings.
  public let configuration: TangorConfiguration
  /// The services, by path.
  public let services = ServiceRegistry()
  /// The streams, by key.
  public let streams: StreamRegistry
  /// The channels, by name.
  public let channels: ChannelRegistry
  /// The signals, by name.
  public let signals: SignalRegistry
  /// The uploads: who wants to know of them is told here.
  public let uploads: UploadRegistry
  /// The objects that pages may use, by name.
  public let objects: ObjectRegistry
  /// The tables that clients may open, by name; those that the configuration names among them.
  public let tables: TableRegistry
  /// The programs that were launched for pages, by key.
  public let programs: ProgramRegistry
  /// Work beside requests: tasks that run from start-up until shutdown.
  public let tasks: TaskRegistry
  /// The server's log.
  public let logger: Logger
  let polls: PollRegistry
  let tableSources: TableSources
  /// Where pages are reloaded.
  let reloader: Reloader?
  let sockets = WebSocketRegistry()
  let readiness = Readiness()
  let parts = Mutex(Parts())

  /// - Parameter configuration: The settings; the defaults suit one's own machine.
  /// - Throws: ``StartError`` when a table cannot be made from its file.
  public init(_ configuration: TangorConfiguration = TangorConfiguration()) throws {
    var configuration = configuration
    if configuration.debug { configuration.site.autoreload = true }
    self.configuration = configuration
    reloader =
      configuration.site.autoreload
      ? Reloader(configuration.site, excluding: Array(configuration.uploads.folders.values)) : nil
    logger = Logger(configuration.log)
    streams = StreamRegistry(configuration: configuration.streams)
    uploads = UploadRegistry(configuration.uploads)
    polls = PollRegistry(configuration: configuration.streams)
    channels = try ChannelRegistry(configuration: configuration.channels)
    signals = SignalRegistry(configuration: configuration.signals)
    tasks = TaskRegistry(configuration: configuration.tasks, report: { [logger] in logger.report($0) })
    programs = ProgramRegistry(
      configuration: configuration.programs, environment: ProcessInfo.processInfo.environment, basePath: configuration.basePath,
      logger: logger)
    tables = TableRegistry(configuration: configuration.perspective)
    tableSources = try TableSources(configuration.tables, hostedBy: tables, logger: logger)
    objects = ObjectRegistry(
      configuration: configuration.objects, streams: ObjectStreamOpener(registry: streams),
      publish: { [channels, logger] name, value in
        do { try channels.publish(name, value) } catch {
          logger.warning("A tracked property was not published", metadata: ["channel": "\(name)", "error": "\(error)"])
        }
      })
  }

  // MARK: Adding

  /// Adds a method to the live connection and to `POST /rpc`.
  ///
  /// - Throws: `invalid_request` when there is one of that name.
  public func add(_ method: LiveMethod) throws {
    try parts.withLock { try $0.methods.add(method) }
  }

  /// Says which roles clients have, for members of objects that require one.
  ///
  /// ```swift
  /// app.identify { request in request.headers[.authorization] == "Bearer \(token)" ? ["admin"] : [] }
  /// ```
  ///
  /// - Parameter identify: Asked once for each live connection and each `POST /rpc`; an error that it throws refuses the request.
  public func identify(_ identify: @escaping Identify) { parts.withLock { $0.identify = identify } }

  /// Adds middleware, innermost last. It sees every request: quick answers, which would go out before it, are turned off.
  public func add(middleware: sending any MiddlewareProtocol<Request, Response, TangorRequestContext>) {
    parts.withLock { $0.middleware.append(middleware) }
  }

  /// Adds a WebSocket endpoint.
  ///
  /// - Parameters:
  ///   - path: Where, as in `/chat/:room`.
  ///   - configuration: Its settings; the server's by default.
  ///   - perform: What it does with each socket. The socket is closed when it returns.
  public func webSocket(
    _ path: String, configuration: WebSocketConfiguration? = nil, perform: @escaping @Sendable (WebSocket) async throws -> Void
  ) {
    add(path, configuration) { upgrade, request, context in
      try await upgrade.response(
        to: request, channel: context.channel, client: context.client, parameters: context.pathParameters, logger: context.logger,
        perform: perform)
    }
  }

  /// Adds a WebSocket endpoint that runs on the sockets' event loops.
  package func webSocket(
    _ path: String, configuration: WebSocketConfiguration? = nil, makeDelegate: @escaping WebSocketUpgrade.MakeDelegate
  ) {
    add(path, configuration) { upgrade, request, context in
      try await upgrade.response(to: request, channel: context.channel, makeDelegate: makeDelegate)
    }
  }

  private func add(
    _ path: String, _ configuration: WebSocketConfiguration?,
    answer: @escaping @Sendable (WebSocketUpgrade, Request, TangorRequestContext) async throws -> Response
  ) {
    let route = WebSocketRoute(path: path, configuration: configuration ?? self.configuration.serving.webSocket, answer: answer)
    parts.withLock { $0.webSockets.append(route) }
  }

  /// Serves files that the binary carries.
  ///
  /// - Parameters:
  ///   - bundle: The files.
  ///   - folder: The first element of their paths; empty for the root.
  package func serve(_ bundle: BundledFiles, at folder: String) {
    parts.withLock { $0.bundles[folder] = bundle }
  }

  /// Adds work that runs as long as the server does, such as a task that publishes to channels.
  ///
  /// It starts before the server listens and is told to shut down after the server has ended, so that what the server still answers may
  /// use it. One that returns early ends itself alone; one that throws ends the server. What is added once the server runs is ignored.
  ///
  /// - Parameter service: What runs. It has to return when it is told to shut down gracefully, or its task is cancelled.
  public func add(service: any Service) {
    parts.withLock { $0.services.append(service) }
  }

  // MARK: Running

  /// Serves until the task is cancelled or its service group is shut down, or the process gets SIGINT or SIGTERM.
  ///
  /// Shutting down refuses new work, answers the pulls that wait, lets requests end, and closes sockets with 1001; what is left after
  /// `shutdown.grace` is cut off.
  ///
  /// - Parameters:
  ///   - onListening: Called with the port once the server listens.
  ///   - onShutdown: Called when shutting down begins.
  /// - Throws: ``StartError`` when the server cannot start.
  public func run(
    onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }, onShutdown: @escaping @Sendable () -> Void = {}
  ) async throws {
    let (isFirst, services) = parts.withLock { parts in
      defer { parts.hasRun = true }
      return (!parts.hasRun, parts.services)
    }
    guard isFirst else { throw StartError("an application can run once; make a new one") }
    let application = try buildApplication(onListening: onListening)
    var group = ServiceGroupConfiguration(
      services: services.map { .init(service: $0, successTerminationBehavior: .ignore) } + [
        .init(service: TaskService(tasks: tasks)), .init(service: SocketService(sockets: sockets)), .init(service: application),
        .init(service: SweepService(streams: streams, polls: polls, uploads: uploads, tables: tables, reloader: reloader)),
        .init(service: TableSourceService(sources: tableSources)), .init(service: ProgramService(programs: programs)),
        .init(
          service: DrainService(
            streams: streams, polls: polls, channels: channels, signals: signals, tasks: tasks, programs: programs,
            reloader: reloader, readiness: readiness, onShutdown: onShutdown)),
      ],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    group.maximumGracefulShutdownDuration = configuration.serving.shutdownGrace
    do {
      try await ServiceGroup(configuration: group).run()
    } catch let error as IOError {
      throw StartError.listening(error, on: configuration)
    }
  }
}

/// Whether the server takes new work.
final class Readiness: Sendable {
  private let ready = Atomic(true)
  private let start = ContinuousClock.now

  var isReady: Bool { ready.load(ordering: .relaxed) }
  var uptime: Duration { start.duration(to: .now) }

  func end() { ready.store(false, ordering: .relaxed) }
}
