import NIOCore
import NIOPosix

/// Threads of their own for the work on tables that clients ask for.
///
/// A query or a data set of a hundred megabytes may keep a thread for seconds. On the threads that all tasks share, a few of them would
/// hold up everything else that the server does.
final class TableExecutor: TaskExecutor {
  static let shared = TableExecutor()

  private let threads: NIOThreadPool

  private init() {
    threads = NIOThreadPool(numberOfThreads: System.coreCount)
    threads.start()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    threads.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
