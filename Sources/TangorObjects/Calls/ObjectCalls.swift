import TangorCore
package import TangorJSON

extension ObjectRegistry {
  /// Does what a client asks, at once where that is quick, and otherwise says how it goes on.
  ///
  /// - Parameters:
  ///   - operation: What is asked.
  ///   - path: Of what.
  ///   - text: The value to set, or the arguments: one valid JSON value; `nil` for none.
  ///   - caller: Who asks.
  ///   - out: Gets the result if it is there at once. After an error it may hold a part of it.
  /// - Returns: `nil` when it is done; otherwise what is left to do, which is cancelled when the caller goes.
  /// - Throws: The call's error.
  package func begin(
    _ operation: ObjectOperation, _ path: String, _ text: UnsafeRawBufferPointer?, caller: ObjectCaller, into out: inout JSONWriter
  ) throws -> RemainingCall? {
    let target = try target(path, for: caller)
    try target.check(operation, path)
    let context = CallContext(caller: caller, streams: streams)
    if operation == .call ? target.isQuickMethod : target.isQuickProperty {
      // Written out, because a list of turnstiles would cost as much as all the rest.
      let gate = target.needsGate(operation) ? target.object.gate : nil
      let lock = target.isLocking ? target.object.lock : nil
      if lock?.tryEnter() ?? true {
        defer { lock?.leave(helping: true) }
        if gate?.tryEnter() ?? true {
          defer { gate?.leave(helping: true) }
          try target.perform(operation, text, path, context, &out)
          return nil
        }
      }
    }
    let deadline = runner.time.now() + target.maxStartDelay
    let copy = text.map { JSONFragment(unchecked: Array($0)) }
    let body: @Sendable () throws -> JSONFragment = {
      try JSONFragment { out in
        guard let copy else { return try target.perform(operation, nil, path, context, &out) }
        try copy.bytes.withUnsafeBytes { try target.perform(operation, $0, path, context, &out) }
      }
    }
    if let work = asynchronous(operation, target, copy, context, body, deadline: deadline) {
      return .task {
        do { return try await work() } catch { throw TangorError(calling: path, error) }
      }
    }
    return .deferred(
      DeferredCall(
        runner, turns: target.turns(operation), deadline: deadline, timeLimit: target.timeLimit,
        isQuick: operation == .call ? target.isQuickMethod : target.isQuickProperty, path: path, body))
  }

  /// The work of a task, where the operation needs one.
  private func asynchronous(
    _ operation: ObjectOperation, _ target: ObjectTarget, _ text: JSONFragment?, _ context: CallContext,
    _ body: @escaping @Sendable () throws -> JSONFragment, deadline: Duration
  ) -> AsynchronousCall? {
    let object = target.object
    let (turns, timeLimit) = (target.turns(operation), target.timeLimit)
    if operation == .call, case .asynchronous(let prepare) = target.member?.call {
      let arguments = text ?? JSONFragment(unchecked: Array("[]".utf8))
      let lock = target.isLocking ? [object.lock] : []
      return { [runner] in
        try await runner.run(turns: lock, deadline: deadline, timeLimit: timeLimit) {
          // The object is touched to find what to call, and not while that runs.
          guard case .gate = object.place else { return try await prepare(arguments, context)() }
          let call = try await runner.inTurn([object.gate], until: deadline) { try prepare(arguments, context) }
          return try await call()
        }
      }
    }
    if case .actor(let onActor) = object.place {
      return { [runner] in
        try await runner.run(turns: turns, deadline: deadline, timeLimit: timeLimit) { try await onActor(body) }
      }
    }
    return nil
  }
}

/// What is left to do for a call that was not answered at once.
package enum RemainingCall: Sendable {
  /// Asynchronous code.
  case task(AsynchronousCall)
  /// Synchronous code that waits for its turn or for a thread.
  case deferred(DeferredCall)

  /// Does it; cancelling the task cancels it.
  ///
  /// - Throws: The call's error.
  package func callAsFunction() async throws -> JSONFragment {
    switch self {
    case .task(let work): try await work()
    case .deferred(let call): try await call()
    }
  }
}

extension ObjectTarget {
  /// What an operation must go through before it begins.
  fileprivate func turns(_ operation: ObjectOperation) -> [Turnstile] {
    (isLocking ? [object.lock] : []) + (needsGate(operation) ? [object.gate] : [])
  }

  fileprivate func needsGate(_ operation: ObjectOperation) -> Bool {
    switch object.place {
    case .gate: true
    case .anywhere: !elements.isEmpty && operation != .get
    case .actor: false
    }
  }
}
