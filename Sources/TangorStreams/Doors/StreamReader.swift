import Synchronization
import TangorCore

/// One who reads a stream and may go away while it waits.
final class StreamReader: Sendable {
  private struct State {
    var ticket: StreamTicket?
    var isGone = false
  }

  let stream: KeyedStream
  private let state = Mutex(State())

  init(_ stream: KeyedStream) { self.stream = stream }

  /// Pulls.
  ///
  /// - Throws: What the pull is answered with where that is an error; `canceled` once the reader has gone.
  func pull(_ request: PullRequest) async throws -> Pull {
    switch try stream.begin(request) {
    case .answered(let pull): return try checked(pull)
    case .waiting(let ticket): return try await wait(ticket)
    }
  }

  /// Waits with a ticket.
  func wait(_ ticket: StreamTicket) async throws -> Pull {
    let isGone = state.withLock { state in
      state.ticket = ticket
      return state.isGone
    }
    if isGone { ticket.cancel() }
    let pull = try await ticket.value
    state.withLock { $0.ticket = nil }
    return try checked(pull)
  }

  /// What came for a reader that has gone goes back.
  private func checked(_ pull: Pull) throws -> Pull {
    guard state.withLock({ $0.isGone }) else { return pull }
    if case .values(let values) = pull { stream.putBack(values.all) }
    throw TangorError(.canceled)
  }

  /// The reader has gone: what it waits for ends with `canceled`. Quick, and may be called from anywhere.
  func leave() {
    let ticket = state.withLock { state in
      state.isGone = true
      return state.ticket
    }
    ticket?.cancel()
  }
}
