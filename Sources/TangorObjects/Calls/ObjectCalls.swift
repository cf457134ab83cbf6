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
  /// - Returns: `nil` when it is done; otherwise what is left to do, in a task that is cancelled when the caller goes.
  /// - Throws: The call's error.
  package func begin(
    _ operation: ObjectOperation, _ path: String, _ text: UnsafeRawBufferPointer?, caller: ObjectCaller, into out: inout JSONWriter
  ) throws -> AsynchronousCall? {
    let target = try target(path, for: caller)
    try target.check(operation, path)
    let context = CallContext(caller: caller, streams: streams)
    if operation == .call ? target.isQuickMethod : target.isQuickProperty {
      // Written out, because a list of turnstiles would cost as much as all the rest.
      let gate = target.needsGate(operation) ? target.object.gate : nil
      let lock = target.isLocking ? target.object.lock : nil
      if lock?.tryEnter() ?? true {
        defer { lock?.leave() }
        if gate?.tryEnter() ?? true {
          defer { gate?.leave() }
          try target.perform(operation, text, path, context, &out)
          return nil
        }
      }
    }
    let arrival = runner.time.now()
    let copy = text.map { JSONFragment(unchecked: Array($0)) }
    return { [self] in
      do {
        return try await perform(operation, target, copy, path, context, deadline: arrival + target.maxStartDelay)
      } catch {
        throw TangorError(calling: path, error)
      }
    }
  }

  private func perform(
    _ operation: ObjectOperation, _ target: ObjectTarget, _ text: JSONFragment?, _ path: String, _ context: CallContext, deadline: Duration
  ) async throws -> JSONFragment {
    let body: @Sendable () throws -> JSONFragment = {
      try JSONFragment { out in
        guard let text else { return try target.perform(operation, nil, path, context, &out) }
        try text.bytes.withUnsafeBytes { try target.perform(operation, $0, path, context, &out) }
      }
    }
    let object = target.object
    let lock = target.isLocking ? [object.lock] : []
    if operation == .call, case .asynchronous(let prepare) = target.member?.call {
      let arguments = text ?? JSONFragment(unchecked: Array("[]".utf8))
      let work: AsynchronousCall = { [runner] in
        // The object is touched to find what to call, and not while that runs.
        guard case .gate = object.place else { return try await prepare(arguments, context)() }
        let call = try await runner.inTurn([object.gate], until: deadline) { try prepare(arguments, context) }
        return try await call()
      }
      return try await runner.run(turns: lock, deadline: deadline, timeLimit: target.timeLimit, .task(work))
    }
    let turns = target.turns(operation)
    if case .actor(let onActor) = object.place {
      return try await runner.run(turns: turns, deadline: deadline, timeLimit: target.timeLimit, .task { try await onActor(body) })
    }
    if operation == .call ? target.isQuickMethod : target.isQuickProperty {
      return try await runner.inTurn(turns, until: deadline, body)
    }
    return try await runner.run(turns: turns, deadline: deadline, timeLimit: target.timeLimit, .thread(body))
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
