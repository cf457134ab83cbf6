import Synchronization

/// How many tasks of a registry's streams run or are suspended at the moment, for health reports and for tests that prove none is left.
package final class LiveTasks: Sendable {
  private let number = Atomic(0)

  package init() {}

  package var count: Int { number.load(ordering: .acquiring) }

  func begin() { number.add(1, ordering: .acquiringAndReleasing) }
  func end() { number.subtract(1, ordering: .acquiringAndReleasing) }
}
