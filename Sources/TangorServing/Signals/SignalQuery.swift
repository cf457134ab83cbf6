import TangorCore

/// What the path and the query of a request to `/signal/<name>` say.
struct SignalQuery: Sendable {
  var timeout: Duration
  var recipients = SignalRecipients.all
  var sticky: Duration?

  /// How long a client waits that does not say.
  static let usualTimeout = Duration.seconds(30)
  /// The longest that a client may have a signal kept.
  static let longestLease = Duration.seconds(86_400)

  /// Reads the query of a wait or of a signal.
  ///
  /// - Throws: `invalid_request` for names that are unknown or given twice, `invalid_parameters` for values that are wrong.
  init(_ query: some StringProtocol, isWait: Bool, configuration: SignalsConfiguration) throws {
    timeout = min(Self.usualTimeout, configuration.maximumTimeout)
    guard !query.isEmpty else { return }
    guard let fields = FormFields(parsing: query)?.fields else {
      throw TangorError(.invalidRequest, "The query is not UTF-8 in percent-encoding.")
    }
    var seen: Set<String> = []
    for (name, value) in fields {
      guard seen.insert(name).inserted else { throw TangorError(.invalidRequest, "'\(name.prefix(32))' is given twice.") }
      switch name {
      case "timeout" where isWait: timeout = try Self.duration(name, value, upTo: configuration.maximumTimeout)
      case "to" where !isWait: recipients = try SignalRecipients(parameter: value)
      case "sticky" where !isWait:
        switch value {
        case "true", "": sticky = configuration.lease
        case "false": sticky = nil
        default: sticky = try Self.duration(name, value, upTo: Self.longestLease)
        }
      default:
        let known = isWait ? "timeout is" : "to and sticky are"
        throw TangorError(.invalidRequest, "The parameter '\(name.prefix(32))' is unknown; \(known) known.")
      }
    }
  }

  private static func duration(_ name: String, _ value: String, upTo limit: Duration) throws -> Duration {
    guard let duration = Duration(parsing: value), duration <= limit else {
      throw TangorError(
        .invalidParameters,
        "'\(name)' must be a duration from 0s to \(limit.unitDescription), such as 5s, or seconds; '\(value.prefix(32))' came.")
    }
    return duration
  }
}

extension SignalRecipients {
  /// - Throws: `invalid_parameters` for an unknown word.
  init(parameter text: String) throws {
    guard let recipients = Self(rawValue: text) else {
      throw TangorError(.invalidParameters, "'to' is \"all\" or \"first\"; '\(text.prefix(32))' came.")
    }
    self = recipients
  }
}

extension SignalRegistry {
  /// The name that the rest of a path says.
  ///
  /// - Throws: `invalid_parameters`.
  func name(inPath rest: some StringProtocol) throws -> SignalName {
    guard let text = String(percentDecoding: rest.utf8) else {
      throw TangorError(.invalidParameters, "The signal's name in the path is not UTF-8 in percent-encoding.")
    }
    return try name(text)
  }
}
