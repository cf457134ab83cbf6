import Glibc
package import TangorCore

/// A group of processes of this machine, by its number.
package struct ProcessGroup: Sendable, Hashable {
  /// The number of the group, which is that of the process that began it.
  package let identifier: Int32

  package init(_ identifier: Int32) { self.identifier = identifier }

  /// Sends a signal to all processes of the group.
  ///
  /// - Returns: False when there is none that could be sent one.
  @discardableResult package func signal(_ number: Int32) -> Bool { kill(-identifier, number) == 0 }

  /// Whether the group has no process, not even one that ended and was not waited for.
  package var isEmpty: Bool { kill(-identifier, 0) != 0 && errno == ESRCH }

  /// The memory that the group's processes have in the machine; pages that they share count once for each. Nil when the group has no process,
  /// or the system does not tell.
  ///
  /// It looks at every process of the machine, which takes some milliseconds: call it on no event loop.
  package var memory: ByteSize? {
    var pages = 0
    var isFound = false
    ProcessStatus.forEach { status in
      guard status.group == identifier, !status.isDead else { return }
      pages += status.residentPages
      isFound = true
    }
    return isFound ? ByteSize(bytes: pages * sysconf(Int32(_SC_PAGESIZE))) : nil
  }

  /// Whether the group has a process that has not ended, as far as the system tells.
  var isAlive: Bool {
    var isAlive = false
    ProcessStatus.forEach { if $0.group == identifier, !$0.isDead { isAlive = true } }
    return isAlive
  }

  /// Waits for the processes of a group that is being killed to be gone, and sees to those that the leash did not reach.
  ///
  /// Orphans are waited for by the machine's first process. Where that is this one, as in a container, it is done here; another does it in its
  /// own time.
  func vanish() async {
    var pause = Duration.milliseconds(1)
    for attempt in 0..<Self.attempts {
      // Asked first: those that end after it are alive yet, and looked at again.
      let isAlive = attempt < Self.haste || isAlive
      while waitpid(-identifier, nil, WNOHANG) > 0 {}
      if isEmpty || !isAlive { return }
      if attempt >= Self.patience { signal(SIGKILL) }
      // Nothing cancels the task that this runs in; if it were, the pauses would be shorter, not the group.
      try? await Task.sleep(for: pause)
      pause = min(pause * 2, .milliseconds(32))
    }
  }

  /// Looks, with pauses of 1, 2, 4, ... 32 ms between them: about two seconds, for a process that the kernel does not let go.
  private static let attempts = 64

  /// Looks after which processes that have ended, and that nobody waited for yet, count as gone.
  private static let haste = 2

  /// Looks after which those that live are killed from here: a group that killed its own watcher.
  private static let patience = 6
}
