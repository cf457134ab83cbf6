public import TangorJSON

/// A signal that came: its name and what was sent with it.
public struct SignalMessage: Sendable, Hashable {
  /// The signal's name.
  public let name: String
  /// What was sent with it; `null` where nothing was.
  public let value: JSONFragment

  package init(name: String, value: JSONFragment) {
    self.name = name
    self.value = value
  }

  /// The value as one of a type.
  ///
  /// - Throws: `DecodingError` when it is of another form.
  public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
    try JSONDecoding.decode(type, from: value.bytes)
  }
}

/// Whom a signal wakes.
public enum SignalRecipients: String, Sendable, CaseIterable {
  /// All who wait.
  case all
  /// The one that has waited longest.
  case first
}

/// What became of a signal that was sent.
package struct SignalDelivery: Sendable, Hashable {
  /// How many it woke.
  package var woken: Int
  /// Whether it woke nobody and is kept for the next one who waits.
  package var isKept: Bool
}

/// How a wait ended.
package enum SignalOutcome: Sendable {
  /// With a signal.
  case signal(SignalMessage)
  /// Its time was over.
  case timedOut
  /// Whoever waited has gone.
  case cancelled
  /// The server is going down.
  case shutDown
}
