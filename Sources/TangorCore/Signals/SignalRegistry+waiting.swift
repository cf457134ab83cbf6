public import TangorJSON

extension SignalRegistry {
  /// Waits for a signal and takes what was sent with it. Those who wait are woken in the order in which they began to.
  ///
  /// - Parameters:
  ///   - name: The signal: 1 to `signals.name_size` bytes of text.
  ///   - timeout: How long to wait; nil for ever. Zero takes a kept signal or throws at once.
  /// - Throws: `signal_timeout`; `CancellationError` when the task is cancelled, which ends the wait at once; `invalid_parameters` for what
  ///   is no name, `too_many_requests` when too many wait, `shutting_down`. The wait has then ended, and no signal was taken.
  public func wait(for name: String, timeout: Duration? = nil) async throws -> JSONFragment {
    try await wait(forAny: [name], timeout: timeout).value
  }

  /// Waits for a signal and takes what was sent with it as a value of a type.
  ///
  /// Throws as ``wait(for:timeout:)``, and `DecodingError` when what came is of another form; the signal was then taken.
  public func wait<Value: Decodable & Sendable>(for name: String, timeout: Duration? = nil, as type: Value.Type) async throws -> Value {
    try await wait(forAny: [name], timeout: timeout).decode(type)
  }

  /// Waits for the first of several signals. Where several are kept already, the one that is named first is taken and the others stay.
  ///
  /// Throws as ``wait(for:timeout:)``.
  ///
  /// - Parameters:
  ///   - names: The signals, 1 to 100.
  ///   - timeout: How long to wait; nil for ever.
  public func wait(forAny names: [String], timeout: Duration? = nil) async throws -> SignalMessage {
    let names = try self.names(names)
    try Task.checkCancellation()
    let outcome = try await wait(reserve(), for: names, timeout: timeout)
    return try outcome.message(names, timeout)
  }
}

extension SignalOutcome {
  /// The signal that came.
  ///
  /// - Throws: `signal_timeout`, `shutting_down`, `CancellationError`.
  package func message(_ names: [SignalName], _ timeout: Duration?) throws -> SignalMessage {
    switch self {
    case .signal(let message): return message
    case .timedOut:
      let what = names.count == 1 ? "The signal '\(names[0].text)'" : "None of the \(names.count) signals"
      throw TangorError(
        .signalTimeout, "\(what) \(names.count == 1 ? "did not come" : "came") within \((timeout ?? .zero).unitDescription).")
    case .cancelled: throw CancellationError()
    case .shutDown: throw TangorError.signalsShutDown
    }
  }
}
