import Synchronization
package import TangorJSON

/// A value whose changes are published; the storage of a ``Tracked`` property.
///
/// Reading and setting are safe from any thread. A change in place, as in `value.append(4)`, reads the value, changes it and sets it; two
/// of them at once need a lock of their own, or one is lost.
public final class TrackedValue<Value: Codable & Sendable>: Sendable, TrackedSource {
  private struct State {
    var value: Value
    var observers: [(id: Int, publish: @Sendable (JSONFragment) -> Void)] = []
    var nextID = 0
  }

  private let state: Mutex<State>

  /// - Parameter value: The first value.
  public init(_ value: Value) { state = Mutex(State(value: value)) }

  /// The value. Setting it publishes it before this returns.
  public var value: Value {
    get { state.withLock { $0.value } }
    set {
      state.withLock { state in
        state.value = newValue
        if !state.observers.isEmpty { Self.publish(state) }
      }
    }
    _modify {
      var value = state.withLock { $0.value }
      defer { self.value = value }
      yield &value
    }
  }

  // The lock is held while observers are told, so that publications come in the order of the changes. A value that cannot be encoded is
  // published as null: a subscriber must not go on with the value before it.
  private static func publish(_ state: State) {
    let fragment = (try? JSONFragment(encoding: state.value)) ?? .null
    for observer in state.observers { observer.publish(fragment) }
  }

  package func observe(_ publish: @escaping @Sendable (JSONFragment) -> Void) -> Int {
    state.withLock { state in
      state.nextID += 1
      state.observers.append((state.nextID, publish))
      publish((try? JSONFragment(encoding: state.value)) ?? .null)
      return state.nextID
    }
  }

  package func removeObserver(_ id: Int) { state.withLock { $0.observers.removeAll { $0.id == id } } }
}

/// What a registry needs of a tracked value, whatever its type.
package protocol TrackedSource: Sendable {
  /// Tells the value now, and each later one in order, until the observer is removed. What is told must be quick and must not touch the
  /// value: it is called with the value's lock held.
  ///
  /// - Returns: The observer's number.
  func observe(_ publish: @escaping @Sendable (JSONFragment) -> Void) -> Int
  /// Ends an observer; it is not called any more when this returns.
  func removeObserver(_ id: Int)
}
