import Dispatch
import NIOCore
import Testing

@testable import Tangor

@Suite(.timeLimit(.minutes(1))) struct TableExecutorTests {
  /// More work than there are threads, none of which ends before all other tasks were able to run.
  @Test func workOnTablesDoesNotHoldUpTheRest() async {
    let gate = DispatchSemaphore(value: 0)
    let count = 2 * System.coreCount
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<count { group.addTask(executorPreference: TableExecutor.shared) { block(gate) } }
      for _ in 0..<100 { await Task.detached {}.value }
      for _ in 0..<count { gate.signal() }
    }
  }
}

private func block(_ gate: DispatchSemaphore) { gate.wait() }
