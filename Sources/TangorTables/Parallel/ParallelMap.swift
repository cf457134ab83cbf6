import Synchronization

/// Computes `count` results on several threads, this one among them.
///
/// - Parameters:
///   - count: how many results; each is asked for once, by its place
///   - threads: how many threads at most; nil for what `Parallelism` says
///   - compute: makes one result, on any of the threads; what it calls in its turn is done by one thread
package func parallelMap<Result: Sendable>(
  count: Int, threads: Int? = nil, _ compute: @Sendable (Int) -> Result
) -> [Result] {
  let threads = min(count, threads ?? Parallelism.current.threads)
  guard threads > 1 else { return (0..<count).map(compute) }
  return withoutActuallyEscaping(compute) { compute in
    Array(unsafeUninitializedCapacity: count) { results, initialized in
      let work = SharedWork(results: results, compute: compute)
      WorkerCrew.shared.run(helpers: threads - 1) { work.run() }
      initialized = count
    }
  }
}

/// Does parts of a work on several threads, this one among them.
///
/// - Parameters:
///   - threads: How many threads at most; nil for one for each part.
///   - body: Gets a part's number; what two parts write is apart.
func forEachPart(_ parts: Int, threads: Int? = nil, _ body: (Int) -> Void) {
  guard parts > 1 else { return body(0) }
  // Closures over pointers into memory that stays until all parts are done.
  nonisolated(unsafe) let body = body
  _ = parallelMap(count: parts, threads: threads ?? parts) { body($0) }
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
