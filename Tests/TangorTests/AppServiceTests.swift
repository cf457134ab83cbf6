import ServiceLifecycle
import Synchronization
import TangorTesting
import Testing

@testable import Tangor

/// Services of an application's own beside the server.
@Suite(.timeLimit(.minutes(1))) struct AppServiceTests {
  /// Says when it began and ended, and does what a body says in between.
  private struct Work: Service {
    let began: AsyncStream<Void>.Continuation
    let hasEnded: @Sendable () -> Void
    let body: @Sendable () async throws -> Void

    func run() async throws {
      began.yield()
      defer { hasEnded() }
      try await body()
    }
  }

  private struct Running: Service {
    let app: TangorApp
    let listening: AsyncStream<Int>.Continuation
    func run() async throws { try await app.run { listening.yield($0) } }
  }

  private struct Broken: Error {}

  private func makeApp() throws -> TangorApp {
    var configuration = TangorConfiguration()
    configuration.port = 0
    configuration.log.level = .critical
    return try TangorApp(configuration)
  }

  @Test func workRunsBesideTheServerAndEndsWithIt() async throws {
    let app = try makeApp()
    let (begun, began) = AsyncStream<Void>.makeStream()
    let (ports, listening) = AsyncStream<Int>.makeStream()
    let hasEnded = Atomic(false)
    app.add(
      service: Work(began: began, hasEnded: { hasEnded.store(true, ordering: .relaxed) }) {
        try await gracefulShutdown()
      })
    let group = ServiceGroup(
      configuration: .init(services: [.init(service: Running(app: app, listening: listening))], logger: app.logger))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      _ = await begun.first { true }
      let port = try #require(await ports.first { _ in true })
      let client = try await RawConnection(port: port)
      #expect(try await client.get("/readyz").status == 200)
      let isEndedEarly = hasEnded.load(ordering: .relaxed)
      #expect(!isEndedEarly)
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
    let isEnded = hasEnded.load(ordering: .relaxed)
    #expect(isEnded)
  }

  @Test func workThatEndsEarlyLeavesTheServerRunning() async throws {
    let app = try makeApp()
    let (begun, began) = AsyncStream<Void>.makeStream()
    let (ended, ends) = AsyncStream<Void>.makeStream()
    let (ports, listening) = AsyncStream<Int>.makeStream()
    app.add(service: Work(began: began, hasEnded: { ends.yield() }) {})
    let group = ServiceGroup(
      configuration: .init(services: [.init(service: Running(app: app, listening: listening))], logger: app.logger))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      _ = await begun.first { true }
      _ = await ended.first { true }
      let port = try #require(await ports.first { _ in true })
      let client = try await RawConnection(port: port)
      #expect(try await client.get("/readyz").status == 200)
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  @Test func workThatFailsEndsTheServerWithItsError() async throws {
    let app = try makeApp()
    let (_, began) = AsyncStream<Void>.makeStream()
    app.add(service: Work(began: began, hasEnded: {}) { throw Broken() })
    await #expect(throws: Broken.self) { try await app.run() }
  }
}
