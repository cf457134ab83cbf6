import TangorCore

/// The programs by their keys, with their limits: a pure value.
struct ProgramTable {
  private struct Entry {
    let program: Program
    /// When a program that has ended is forgotten.
    var forgottenAt: Duration?
  }

  private var entries: [Key: Entry] = [:]
  /// Those that have ended, the oldest first.
  private var ended: [Key] = []
  private(set) var isShutDown = false

  /// Programs that start, run, or have not ended yet.
  var live: [Program] { entries.values.filter { $0.forgottenAt == nil }.map(\.program) }

  /// All, those that have ended too.
  var all: [Program] { entries.values.map(\.program) }

  func find(_ key: Key) -> Program? { entries[key]?.program }

  /// - Throws: `too_many_requests` at a limit, `shutting_down` once it is shut down.
  mutating func insert(_ program: Program, _ limits: ProgramLimits) throws(TangorError) {
    if isShutDown { throw TangorError(.shuttingDown, "The server is going down; try again in a moment.", retryAfter: .seconds(5)) }
    let live = live
    guard live.count < limits.maximumPrograms else {
      throw TangorError(
        .tooManyRequests, "As many programs run as may, which is \(limits.maximumPrograms); try again later.", retryAfter: .seconds(10))
    }
    guard live.count(where: { $0.client == program.client }) < limits.maximumProgramsPerClient else {
      let detail = "You have \(limits.maximumProgramsPerClient) programs already, which is the limit; end some first."
      throw TangorError(.tooManyRequests, detail, retryAfter: .seconds(10))
    }
    entries[program.key] = Entry(program: program)
  }

  /// Keeps a program that has ended for a while.
  mutating func conclude(_ program: Program, now: Duration, _ limits: ProgramLimits) {
    guard entries[program.key] != nil else { return }
    entries[program.key]?.forgottenAt = now + limits.endedLease
    ended.append(program.key)
    if ended.count > ProgramLimits.maximumEnded { entries[ended.removeFirst()] = nil }
  }

  mutating func remove(_ key: Key) {
    entries[key] = nil
    ended.removeAll { $0 == key }
  }

  /// Forgets those that ended long ago.
  mutating func forget(now: Duration) {
    let old = ended.filter { key in entries[key]?.forgottenAt.map { $0 <= now } ?? true }
    for key in old { remove(key) }
  }

  /// Takes no more.
  mutating func shutDown() { isShutDown = true }
}
