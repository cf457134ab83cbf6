/// One who waits: a suspended task, or something in a sink.
package enum SignalWaiter: Sendable {
  /// A suspended task.
  case task(CheckedContinuation<SignalOutcome, Never>)
  /// What a sink knows by a token of its own.
  case sink(any SignalSink, token: Int)
}

/// Who waits for many without a task for each, such as an event loop for its connections.
///
/// Those that end together are told together, so that waking ten thousand connections costs one visit to each event loop.
package protocol SignalSink: AnyObject, Sendable {
  /// Waits of this sink have ended, each alike. Called once for each wait that began, on any thread, while no lock is held.
  ///
  /// - Parameters:
  ///   - tokens: Whose waits, in the order in which they began.
  ///   - outcome: How they ended.
  func ended(_ tokens: [Int], _ outcome: SignalOutcome)
}

extension SignalWaiter {
  /// Tells waiters that they need wait no more, in their order and each sink at once. Not to be called under a lock.
  static func end(_ waiters: [SignalWaiter], _ outcome: SignalOutcome) {
    var sinks: [(sink: any SignalSink, tokens: [Int])] = []
    var places: [ObjectIdentifier: Int] = [:]
    var last: (id: ObjectIdentifier, place: Int)?
    for waiter in waiters {
      switch waiter {
      case .task(let continuation): continuation.resume(returning: outcome)
      case .sink(let sink, let token):
        let id = ObjectIdentifier(sink)
        if let last, last.id == id {
          sinks[last.place].tokens.append(token)
          continue
        }
        let place = places[id] ?? sinks.count
        if place == sinks.count {
          sinks.append((sink, [token]))
          places[id] = place
        } else {
          sinks[place].tokens.append(token)
        }
        last = (id, place)
      }
    }
    for (sink, tokens) in sinks { sink.ended(tokens, outcome) }
  }
}
