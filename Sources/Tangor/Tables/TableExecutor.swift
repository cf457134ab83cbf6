import NIOCore
import NIOPosix

/// Threads of their own for the work on tables that clients ask for.
///
/// A query or a data set of a hundred megabytes may keep a thread for seconds. On the threads that all tasks share, a few of them would
/// hold up everything else that the server does.
///
/// What a job leaves behind is most often its own continuation, as when a task steps onto a table and off again. The thread goes on with
/// it, because waking another one takes longer than most answers.
final class TableExecutor: TaskExecutor {
  static let shared = TableExecutor()

  /// What a thread goes on with.
  ///
  /// Unchecked, because each belongs to one thread, and no other sees it.
  private final class Lane: @unchecked Sendable {
    var next: UnownedJob?
    /// Jobs that the thread may still take in a row; then it is the turn of those that wait for a thread.
    var remaining = 0
  }

  private let threads: NIOThreadPool
  /// Only those threads have one.
  private let lane = ThreadSpecificVariable<Lane>()

  private static let mostInARow = 64

  private init() {
    threads = NIOThreadPool(numberOfThreads: System.coreCount)
    threads.start()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if let lane = lane.currentValue, lane.next == nil, lane.remaining > 0 {
      lane.next = job
    } else {
      threads.submit { _ in self.run(job) }
    }
  }

  private func run(_ first: UnownedJob) {
    let lane = self.lane.currentValue ?? Lane()
    self.lane.currentValue = lane
    lane.remaining = Self.mostInARow
    var job = first
    while true {
      job.runSynchronously(on: asUnownedTaskExecutor())
      guard let next = lane.next.take() else { return }
      lane.remaining -= 1
      job = next
    }
  }
}
