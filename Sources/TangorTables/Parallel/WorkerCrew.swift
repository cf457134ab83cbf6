import Glibc

/// The threads that help with the engine's work: made when they are first needed, one less than there are processors, and then kept, asleep
/// while there is nothing to do. One of them gives freed memory back when the engine has been idle for a while.
///
/// Whoever gives them work does it too, and does not wait for helpers that have not come: two tables at once share them without harm.
///
/// Unchecked, because all that changes is read and written under `lock`.
final class WorkerCrew: @unchecked Sendable {
  static let shared = WorkerCrew()

  /// A work in which helpers may join.
  private final class Job {
    /// Run by several threads at once; returns when nothing is left to begin.
    let body: @Sendable () -> Void
    var wanted: Int
    var working = 0

    init(_ body: @escaping @Sendable () -> Void, wanted: Int) { (self.body, self.wanted) = (body, wanted) }
  }

  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let workCame = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let helperLeft = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [Job] = []
  private var threads = 0
  private var idle = 0
  /// Counts what was done, to tell whether anything was.
  private var works = 0
  private var isWatched = false

  /// Seconds without work after which freed memory goes back to the system.
  private static let idleSeconds = 2

  private init() {
    pthread_mutex_init(lock, nil)
    pthread_cond_init(workCame, nil)
    pthread_cond_init(helperLeft, nil)
  }

  /// Runs a work here and on up to so many other threads, and returns when all have left it.
  func run(helpers: Int, _ body: @escaping @Sendable () -> Void) {
    let job = Job(body, wanted: helpers)
    pthread_mutex_lock(lock)
    works += 1
    jobs.append(job)
    // A processor more than there are would only take turns; more are made where somebody asks for them by number.
    while idle < job.wanted, threads < max(Parallelism.processors - 1, min(helpers, 16)), startThread() {}
    for _ in 0..<helpers { pthread_cond_signal(workCame) }
    pthread_mutex_unlock(lock)
    body()
    pthread_mutex_lock(lock)
    job.wanted = 0
    jobs.removeAll { $0 === job }
    while job.working > 0 { pthread_cond_wait(helperLeft, lock) }
    pthread_mutex_unlock(lock)
  }

  /// Says that something was done after which there may be freed memory.
  func noteWork() {
    pthread_mutex_lock(lock)
    works += 1
    if !isWatched {
      if threads == 0 { _ = startThread() }
      // A sleeping helper is to look at the clock from now on.
      isWatched = threads > 0
      pthread_cond_signal(workCame)
    }
    pthread_mutex_unlock(lock)
  }

  /// - Returns: Whether the system had a thread to give; without one the callers do all the work.
  private func startThread() -> Bool {
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { _ in
        WorkerCrew.shared.help()
        return nil
      }, nil)
    guard code == 0 else { return false }
    pthread_detach(thread)
    threads += 1
    idle += 1
    return true
  }

  private func help() {
    pthread_mutex_lock(lock)
    while true {
      guard let job = jobs.first(where: { $0.wanted > 0 }) else {
        if isWatched { waitForIdleness() } else { pthread_cond_wait(workCame, lock) }
        continue
      }
      job.wanted -= 1
      job.working += 1
      idle -= 1
      pthread_mutex_unlock(lock)
      Parallelism.$current.withValue(Parallelism(threads: 1)) { job.body() }
      pthread_mutex_lock(lock)
      idle += 1
      job.working -= 1
      pthread_cond_broadcast(helperLeft)
    }
  }

  /// Waits for work, and gives freed memory back when none comes. Called and returns under the lock.
  private func waitForIdleness() {
    let before = works
    var end = timespec()
    clock_gettime(CLOCK_REALTIME, &end)
    end.tv_sec += Self.idleSeconds
    guard pthread_cond_timedwait(workCame, lock, &end) == ETIMEDOUT, isWatched, works == before else { return }
    isWatched = false
    pthread_mutex_unlock(lock)
    LargeMemory.giveBack()
    pthread_mutex_lock(lock)
  }
}
