/// A task of a registry. Who holds it may wait for the task's result whenever it likes, also long after the task has ended.
public struct TaskHandle<Value: Sendable>: Sendable {
  /// Tells tasks of one name apart.
  public let id: Int
  /// The task's name.
  public let name: String
  let result: TaskResult<Value>
  let registry: TaskRegistry

  /// Waits for the task's end; a task that has ended answers at once.
  ///
  /// - Returns: Its result.
  /// - Throws: The error that the task threw; `canceled` when it was cancelled; `shutting_down` when the server goes down before its end;
  ///   `CancellationError` when who waits is cancelled, which leaves the task as it is.
  public func join() async throws -> Value { try await result.get() }

  /// Waits for the task's end, but no longer than a time.
  ///
  /// - Parameter timeout: How long to wait.
  /// - Throws: `timeout` when the task has not ended by then, which leaves it as it is; else as ``join()``.
  public func join(timeout: Duration) async throws -> Value {
    guard result.result == nil else { return try await join() }
    let result = result
    guard await registry.time.wait(until: registry.time.now() + timeout, for: { await result.ready() }) || result.result != nil else {
      throw TangorError(.timeout, "The task '\(name)' has not ended within \(timeout.unitDescription).")
    }
    return try await join()
  }

  /// Asks the task to end: it is cancelled. One that does not run yet never will.
  public func cancel() { registry.cancel(id) }

  /// How the task fares; nil once it is forgotten.
  public var info: TaskInfo? { registry.info(id) }
}

extension TimeSource {
  /// Waits for something until a moment.
  ///
  /// - Parameters:
  ///   - deadline: The moment.
  ///   - ready: Waits, and takes nothing, because it is cancelled at the deadline.
  /// - Returns: Whether it came before the deadline; also true when the task that waits is cancelled.
  func wait(until deadline: Duration, for ready: @escaping @Sendable () async -> Void) async -> Bool {
    await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        await ready()
        return true
      }
      group.addTask { [sleep] in
        do { try await sleep(deadline) } catch { return true }
        return false
      }
      defer { group.cancelAll() }
      return await group.next() ?? true
    }
  }
}
