import Glibc
import Synchronization

/// Computes `count` results on as many threads as there are processors to run on, this one among them.
///
/// - Parameters:
///   - count: how many results; each is asked for once, by its place
///   - threads: how many threads at most; nil for the processors that there are
///   - compute: makes one result, on any of the threads
package func parallelMap<Result: Sendable>(
  count: Int, threads: Int? = nil, _ compute: @Sendable (Int) -> Result
) -> [Result] {
  let threads = min(count, threads ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  guard threads > 1 else { return (0..<count).map(compute) }
  return withoutActuallyEscaping(compute) { compute in
    Array(unsafeUninitializedCapacity: count) { results, initialized in
      let work = SharedWork(results: results, compute: compute)
      let others = (1..<threads).compactMap { _ in startThread { work.run() } }
      work.run()
      for thread in others { pthread_join(thread, nil) }
      initialized = count
    }
  }
}

private final class SharedWork<Result: Sendable>: Sendable {
  private let next = Atomic(0)
  // Each place is written once, by the thread that has taken its number, and read after all threads have ended.
  private nonisolated(unsafe) let results: UnsafeMutableBufferPointer<Result>
  private let compute: @Sendable (Int) -> Result

  init(results: UnsafeMutableBufferPointer<Result>, compute: @escaping @Sendable (Int) -> Result) {
    (self.results, self.compute) = (results, compute)
  }

  func run() {
    while true {
      let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard place < results.count else { return }
      results.initializeElement(at: place, to: compute(place))
    }
  }
}

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// - Returns: nil when the system has no thread to give; the others then do its work
private func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
  let box = Unmanaged.passRetained(ThreadBody(body))
  var thread = pthread_t()
  let code = pthread_create(
    &thread, nil,
    { argument in
      if let argument { Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run() }
      return nil
    }, box.toOpaque())
  guard code == 0 else {
    box.release()
    return nil
  }
  return thread
}
