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

  /// Runs work on one of the threads and waits for its result.
  ///
  /// - Throws: What the work throws.
  package func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      submit { continuation.resume(with: Result(catching: work)) }
    }
  }
}
