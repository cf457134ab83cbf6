/// Everything that is wrong with a configuration, found in one reading.
///
/// Its description has one line for each finding and is meant to be shown as it is:
///
/// ```
/// tangor.yaml:7:3: unknown key 'streams.leese'; did you mean 'streams.lease'?
/// ```
public struct ConfigurationError: Error, Sendable, CustomStringConvertible {
  /// The findings: those of the file in its order, then those of the environment, then those of the command line.
  public let findings: [ConfigurationFinding]

  init(_ findings: [ConfigurationFinding]) { self.findings = findings }

  public var description: String { findings.map(\.description).joined(separator: "\n") }
}

/// One thing that is wrong with a configuration.
public struct ConfigurationFinding: Sendable, Hashable, CustomStringConvertible {
  /// Where it stands.
  public let place: ConfigurationPlace
  /// What is wrong and what is wanted, naming the key.
  public let message: String

  public var description: String { "\(place): \(message)" }
}
