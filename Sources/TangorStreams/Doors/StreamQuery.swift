import TangorCore
import TangorServing

/// The query of a pull.
struct StreamQuery: Sendable {
  var request = PullRequest()
  /// Whether several values were asked for, so that `data` is an array.
  var isArray = false
  /// Whether progress is wanted beside values.
  var wantsProgress = false

  /// - Parameters:
  ///   - query: The text behind the question mark; nil where there is none.
  ///   - configuration: The limits of `max` and `wait`.
  /// - Throws: `invalid_request` for what no pull understands, naming the parameter.
  init(_ query: String?, configuration: StreamsConfiguration) throws {
    guard let query, !query.isEmpty else { return }
    guard let fields = FormFields(parsing: query)?.fields else {
      throw TangorError(.invalidRequest, "The query is not valid percent-encoded UTF-8.")
    }
    var seen: Set<String> = []
    for (name, value) in fields {
      guard seen.insert(name).inserted else { throw TangorError(.invalidRequest, "'\(name.prefix(32))' stands in the query twice.") }
      try apply(name, value, configuration)
    }
  }

  private mutating func apply(_ name: String, _ value: String, _ configuration: StreamsConfiguration) throws {
    switch name {
    case "max":
      guard let maximum = Int(value), (1...configuration.maximumBatch).contains(maximum) else {
        throw Self.wrong(name, "a whole number from 1 to \(configuration.maximumBatch)", value)
      }
      request.maximum = maximum
      isArray = true
    case "wait":
      guard let wait = Duration(parsing: value), wait >= .zero, wait <= configuration.maximumWait else {
        throw Self.wrong(name, "a duration from 0s to \(configuration.maximumWait.unitDescription), as in 2s", value)
      }
      request.wait = wait
    case "after":
      guard let after = Int(value), after >= 0 else { throw Self.wrong(name, "an index, 0 or more", value) }
      request.after = after
    case "progress":
      guard value == "true" || value == "false" else { throw Self.wrong(name, "true or false", value) }
      wantsProgress = value == "true"
    default:
      throw TangorError(.invalidRequest, "The parameter '\(name.prefix(32))' is unknown; max, wait, after and progress are known.")
    }
  }

  private static func wrong(_ name: String, _ wanted: String, _ value: some StringProtocol) -> TangorError {
    TangorError(.invalidRequest, "'\(name.prefix(32))' must be \(wanted); '\(value.prefix(32))' came.")
  }
}
