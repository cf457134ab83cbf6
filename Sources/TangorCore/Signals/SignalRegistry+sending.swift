public import TangorJSON

extension SignalRegistry {
  /// Sends a signal with a value that is written as JSON already; without one, with `null`.
  ///
  /// ```swift
  /// try app.signals.send("go")
  /// try app.signals.send("job", job, to: .first, sticky: .seconds(60))
  /// ```
  ///
  /// - Parameters:
  ///   - name: The signal: 1 to `signals.name_size` bytes of text.
  ///   - value: What goes with it.
  ///   - recipients: Whom it wakes.
  ///   - sticky: How long it is kept for the next one who waits, if it wakes nobody. One signal of a name is kept: a later one takes its
  ///     place. nil: it is forgotten.
  /// - Returns: How many it woke.
  /// - Throws: `invalid_parameters` for what is no name, `payload_too_large`, `too_many_requests` when it cannot be kept, `shutting_down`.
  ///   The signal was then not sent.
  @discardableResult
  public func send(
    _ name: String, _ value: JSONFragment = .null, to recipients: SignalRecipients = .all, sticky: Duration? = nil
  ) throws -> Int {
    try send(value, to: self.name(name), recipients, sticky: sticky).woken
  }

  /// Sends a signal with a value as JSON. Throws as ``send(_:_:to:sticky:)-(_,JSONFragment,_,_)``, and `EncodingError` when the value has no
  /// JSON form.
  @discardableResult
  public func send(
    _ name: String, _ value: some Encodable, to recipients: SignalRecipients = .all, sticky: Duration? = nil
  ) throws -> Int {
    try send(name, JSONFragment(encoding: value), to: recipients, sticky: sticky)
  }

  /// Sends a signal with a value that writes itself as JSON. Throws as ``send(_:_:to:sticky:)-(_,JSONFragment,_,_)``.
  @discardableResult
  public func send(
    _ name: String, _ value: some JSONWritable, to recipients: SignalRecipients = .all, sticky: Duration? = nil
  ) throws -> Int {
    try send(name, JSONFragment(value), to: recipients, sticky: sticky)
  }

  /// Sends a signal with a value that writes itself as JSON. Throws as ``send(_:_:to:sticky:)-(_,JSONFragment,_,_)``.
  @discardableResult
  public func send(
    _ name: String, _ value: some Encodable & JSONWritable, to recipients: SignalRecipients = .all, sticky: Duration? = nil
  ) throws -> Int {
    try send(name, JSONFragment(value), to: recipients, sticky: sticky)
  }
}
