package import NIOPosix

/// Where work runs that blocks its thread: a small number of threads of its own, so that it holds up nothing but its like.
package struct BlockingPool: Sendable {
  private let pool: NIOThreadPool

  /// A pool over threads that run already.
  package init(_ pool: NIOThreadPool) { self.pool = pool }

  /// The process's shared pool.
  package static var shared: Self { Self(NIOThreadPool.singleton) }

  /// Runs work on one of the threads, after the work that waits already. It runs also when the pool is going down.
  package func submit(_ work: @escaping @Sendable () -> Void) {
    pool.submit { _ in work() }
  }

  /// Runs asynchronous work whose own code, between its suspensions, is run by these threads.
  ///
  /// - Throws: What the work throws.
  package func run<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await withTaskExecutorPreference(BlockingExecutor(pool: self), operation: work)
  }
}

/// Runs the jobs of tasks on a pool for blocking work.
private final class BlockingExecutor: TaskExecutor {
  private let pool: BlockingPool

  init(pool: BlockingPool) { self.pool = pool }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pool.submit { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
