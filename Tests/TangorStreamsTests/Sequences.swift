import Synchronization
import TangorCore
import TangorJSON
import TangorServing

@testable import TangorStreams

/// 1, 2, 3 and so on without end.
struct Endless: Sequence, IteratorProtocol, Sendable {
  var last = 0
  mutating func next() -> Int? {
    last += 1
    return last
  }
}

/// 1, 2, 3 and so on, with a suspension before every other value.
struct EndlessAsync: AsyncSequence, Sendable {
  struct Iterator: AsyncIteratorProtocol {
    var last = 0
    mutating func next() async -> Int? {
      last += 1
      if last % 2 == 0 { await Task.yield() }
      return last
    }
  }
  func makeAsyncIterator() -> Iterator { Iterator() }
}

/// Yields nothing until its task is cancelled, and then ends.
struct Silent: AsyncSequence, Sendable {
  struct Iterator: AsyncIteratorProtocol {
    mutating func next() async throws -> Int? {
      let gate = Gate()
      await withTaskCancellationHandler { await gate.wait() } onCancel: { gate.open() }
      return nil
    }
  }
  func makeAsyncIterator() -> Iterator { Iterator() }
}

struct Broken: Error, PublicError {
  var publicDescription: String { "The well is dry." }
}

struct Secret: Error { let path = "/etc/secret" }

/// Throws at its first step.
struct Failing<Failure: Error>: AsyncSequence, Sendable {
  let error: Failure
  struct Iterator: AsyncIteratorProtocol {
    let error: Failure
    mutating func next() async throws -> Int? { throw error }
  }
  func makeAsyncIterator() -> Iterator { Iterator(error: error) }
}

/// Lets tasks wait until it is opened.
final class Gate: Sendable {
  private let state = Mutex((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

  func wait() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }

  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}

/// Gives other tasks their turn until a condition holds.
func settle(_ condition: () -> Bool) async {
  while !condition() { await Task.yield() }
}

extension Pull {
  var indexes: [Int] { if case .values(let values) = self { values.all.map(\.index) } else { [] } }
  var texts: [String] { if case .values(let values) = self { values.all.map(\.json.description) } else { [] } }
  var isFinished: Bool { if case .finished = self { true } else { false } }
  var isPending: Bool { if case .pending = self { true } else { false } }
}

extension StreamRegistry {
  func open(_ source: StreamSource) throws -> KeyedStream { try stream(open(source, client: .init(address: "test"))) }
}

/// A value behind a lock that closures can share.
final class Locked<Value: Sendable>: Sendable {
  private let value: Mutex<Value>
  init(_ value: Value) { self.value = Mutex(value) }
  func withLock<Result: Sendable>(_ body: (inout sending Value) -> sending Result) -> Result { value.withLock(body) }
}
