import Foundation

/// Something that a thread of the pool does.
protocol WorkerJob: AnyObject, Sendable {
  /// Does it. It may block.
  func perform()
  /// Tells of it, and lets go of what it held. Never blocks.
  func finish()
}

/// Threads for synchronous code that may block: made when they are needed, and ended when there was nothing to do for a while.
///
/// To wake a thread costs more than a small job. So only one thread at a time is on its way to the jobs: when it takes one and more are
/// there, it wakes the next, which finds nothing to do where jobs are small, and runs them beside it where they are not.
///
/// Unchecked, because `condition` guards all that changes.
final class WorkerThreads: @unchecked Sendable {
  private static let idleTime: TimeInterval = 10

  private let condition = NSCondition()
  private let maximum: Int
  private var jobs: [any WorkerJob] = []
  private var head = 0
  private var threads = 0
  /// Threads that sleep and were not woken.
  private var idle = 0
  /// Threads that were woken and have not noticed it.
  private var wakes = 0
  /// Threads that will look for a job without being woken.
  private var coming = 0

  /// - Parameter maximum: How many threads there may be.
  init(maximum: Int) { self.maximum = maximum }

  /// Runs a job on one of the threads, after those that wait already.
  func submit(_ job: any WorkerJob) {
    condition.lock()
    jobs.append(job)
    let call = callThread()
    condition.unlock()
    answer(call)
  }

  private enum Call { case none, wake, start }

  /// Sees whether somebody must come for the jobs; with the lock held.
  private func callThread() -> Call {
    guard coming == 0, head < jobs.count else { return .none }
    if idle > 0 {
      idle -= 1
      wakes += 1
      coming += 1
      return .wake
    }
    guard threads < maximum else { return .none }
    threads += 1
    coming += 1
    return .start
  }

  /// Wakes or starts a thread; without the lock, which it would wait for at once.
  private func answer(_ call: Call) {
    switch call {
    case .none: break
    case .wake: condition.signal()
    case .start: startThread()
    }
  }

  private func startThread() {
    let thread = Thread { self.work() }
    thread.name = "tangor-call"
    // Values are read by recursion up to a bounded depth, which fits this with room for the user's own code.
    thread.stackSize = 2 << 20
    thread.start()
  }

  private func work() {
    condition.lock()
    while true {
      coming -= 1
      if let job = takeJob() {
        let call = callThread()
        condition.unlock()
        answer(call)
        job.perform()
        // From here on it comes back soon, so that what the end of this job lets begin needs no other thread.
        condition.lock()
        coming += 1
        condition.unlock()
        job.finish()
        condition.lock()
      } else if !sleep() {
        break
      }
    }
    threads -= 1
    condition.unlock()
  }

  private func takeJob() -> (any WorkerJob)? {
    guard head < jobs.count else { return nil }
    let job = jobs[head]
    head += 1
    if head == jobs.count {
      jobs.removeAll(keepingCapacity: true)
      head = 0
    } else if head > 64 {
      jobs.removeFirst(head)
      head = 0
    }
    return job
  }

  /// Waits to be woken; with the lock held.
  ///
  /// - Returns: Whether it was.
  private func sleep() -> Bool {
    idle += 1
    let end = Date(timeIntervalSinceNow: Self.idleTime)
    while wakes == 0 {
      guard condition.wait(until: end) || wakes > 0 else {
        idle -= 1
        return false
      }
    }
    wakes -= 1
    return true
  }
}
