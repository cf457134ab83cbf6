import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The client's end of a probed answer: keeps what comes, and takes more only while it is open.
final class ProbeSink: Sendable {
  /// Where writing stands for a client that has gone.
  struct Gone: Error {}

  private struct State {
    var bytes: [UInt8] = []
    var finishes = 0
    var isOpen: Bool
    var isGone = false
    var blocked: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>
  /// Set off at each change.
  let changed = Turnout()

  init(isOpen: Bool = true) { state = Mutex(State(isOpen: isOpen)) }

  var bytes: [UInt8] { state.withLock { $0.bytes } }
  var finishes: Int { state.withLock { $0.finishes } }

  /// The client goes away.
  func leave() { state.withLock { $0.isGone = true } }

  /// The client takes all from now on.
  func open() {
    let blocked = state.withLock { state in
      state.isOpen = true
      defer { state.blocked = [] }
      return state.blocked
    }
    for writer in blocked { writer.resume() }
  }

  fileprivate func take(_ buffer: ByteBuffer) async throws {
    let isGone = state.withLock { state in
      state.bytes += buffer.readableBytesView
      return state.isGone
    }
    changed.fire()
    if isGone { throw Gone() }
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.blocked.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }

  fileprivate func finish() {
    state.withLock { $0.finishes += 1 }
    changed.fire()
  }

  /// What an answer's body is written to.
  struct Writer: ResponseBodyWriter {
    let sink: ProbeSink

    func write(_ buffer: ByteBuffer) async throws { try await sink.take(buffer) }
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws { sink.finish() }
  }
}

/// Wakes those who wait for something to change.
final class Turnout: Sendable {
  private struct State {
    var count = 0
    var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    var nextID = 0
    var cancelled: Set<Int> = []
  }

  private let state = Mutex(State())

  func fire() {
    let waiters = state.withLock { state in
      state.count += 1
      defer { state.waiters = [:] }
      return state.waiters.values.map { $0 }
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Waits until something holds, for a bounded time.
  ///
  /// - Returns: Whether it holds.
  func wait(_ patience: Duration, until holds: @escaping @Sendable () -> Bool) async -> Bool {
    if holds() { return true }
    return await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        while !Task.isCancelled {
          let count = self.state.withLock { $0.count }
          if holds() { return true }
          await self.change(after: count)
        }
        return holds()
      }
      group.addTask {
        try? await Task.sleep(for: patience)
        return holds()
      }
      let first = await group.next() ?? false
      group.cancelAll()
      return first
    }
  }

  private func change(after count: Int) async {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mustWait = state.withLock { state in
          guard state.count == count, state.cancelled.remove(id) == nil else { return false }
          state.waiters[id] = continuation
          return true
        }
        if !mustWait { continuation.resume() }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        let waiter = state.waiters.removeValue(forKey: id)
        if waiter == nil { state.cancelled.insert(id) }
        return waiter
      }
      waiter?.resume()
    }
  }
}
