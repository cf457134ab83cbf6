import TangorCore

/// A pull that waits. Its `value` must be awaited, also after `cancel`.
package struct StreamTicket: Sendable {
  let stream: KeyedStream
  let id: Int
  let deadline: Duration?

  /// What the pull gets.
  ///
  /// - Throws: What the pull is answered with where that is an error; `canceled` after `cancel` or when the caller's task is cancelled.
  package var value: Pull {
    get async throws {
      let timer = deadline.map { deadline in
        Task { [stream, id] in
          try await stream.time.sleep(deadline)
          stream.timeOut(id, isOwn: false)
        }
      }
      defer { timer?.cancel() }
      let pull = try await withTaskCancellationHandler {
        try await stream.wait(for: id).get()
      } onCancel: {
        cancel()
      }
      stream.touch()
      if Task.isCancelled, case .values(let values) = pull {
        stream.putBack(values.all)
        throw TangorError(.canceled)
      }
      return pull
    }
  }

  /// Gives up: the pull is answered `canceled` unless it has its answer.
  package func cancel() { stream.cancelWait(id) }
}
