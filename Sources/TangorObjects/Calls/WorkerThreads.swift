import Foundation

/// Threads for synchronous code that may block: made when they are needed, and ended when there was nothing to do for a while.
///
/// Unchecked, because `condition` guards all that changes.
final class WorkerThreads: @unchecked Sendable {
  private static let idleTime: TimeInterval = 10

  private let condition = NSCondition()
  private let maximum: Int
  private var jobs: [@Sendable () -> Void] = []
  private var threads = 0
  private var idle = 0

  /// - Parameter maximum: How many threads there may be.
  init(maximum: Int) { self.maximum = maximum }

  /// Runs a job on one of the threads, after those that wait already.
  func submit(_ job: @escaping @Sendable () -> Void) {
    condition.lock()
    jobs.append(job)
    let mustStart = jobs.count > idle && threads < maximum
    if mustStart { threads += 1 } else { condition.signal() }
    condition.unlock()
    guard mustStart else { return }
    let thread = Thread { self.work() }
    thread.name = "tangor-call"
    // Values are read by recursion up to a bounded depth, which fits this with room for the user's own code.
    thread.stackSize = 2 << 20
    thread.start()
  }

  private func work() {
    condition.lock()
    while true {
      if !jobs.isEmpty {
        let job = jobs.removeFirst()
        condition.unlock()
        job()
        condition.lock()
        continue
      }
      idle += 1
      let wasWoken = condition.wait(until: Date(timeIntervalSinceNow: Self.idleTime))
      idle -= 1
      if !wasWoken, jobs.isEmpty { break }
    }
    threads -= 1
    condition.unlock()
  }
}
