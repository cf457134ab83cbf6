import Synchronization

/// A value that is set once, and for which tasks may wait before and after. Waiting does not look at cancellation.
final class Once<Value: Sendable>: Sendable {
  private enum State {
    case unset([CheckedContinuation<Value, Never>])
    case set(Value)
  }

  private let state = Mutex(State.unset([]))

  init() {}

  /// Sets the value, unless it is set already.
  func set(_ value: Value) {
    let waiters = state.withLock { state -> [CheckedContinuation<Value, Never>] in
      guard case .unset(let waiters) = state else { return [] }
      state = .set(value)
      return waiters
    }
    for waiter in waiters { waiter.resume(returning: value) }
  }

  /// The value, as soon as it is set.
  var value: Value {
    get async {
      await withCheckedContinuation { continuation in
        let value = state.withLock { state -> Value? in
          switch state {
          case .set(let value): return value
          case .unset(let waiters):
            state = .unset(waiters + [continuation])
            return nil
          }
        }
        if let value { continuation.resume(returning: value) }
      }
    }
  }
}
