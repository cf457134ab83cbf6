import TangorCore
import TangorJSON

/// The query of the endpoints of channels.
struct ChannelQuery: Sendable {
  private var names: Set<String> = []
  /// What `subscribe` names.
  var patterns: [ChannelPattern] = []
  var pattern: ChannelPattern?
  var from: [ChannelName: ChannelPosition] = [:]
  var after: ChannelPosition?
  var givesLatest = true
  var policy = ChannelPolicy.dropOldest

  /// - Throws: `invalid_request` for names that are unknown or given twice, `invalid_parameters` for values that are wrong.
  init(_ query: String?) throws {
    guard let query, !query.isEmpty else { return }
    guard let fields = FormFields(parsing: query)?.fields else {
      throw TangorError(.invalidRequest, "The query is not UTF-8 in percent-encoding.")
    }
    for (name, value) in fields {
      let isNew = names.insert(name).inserted
      guard isNew || name == "subscribe" else { throw TangorError(.invalidRequest, "'\(name.prefix(32))' is given twice.") }
      switch name {
      case "subscribe":
        let pattern = try ChannelPattern(value)
        guard patterns.count < 1_000 else { throw TangorError(.invalidParameters, "'subscribe' may be given 1,000 times.") }
        if !patterns.contains(pattern) { patterns.append(pattern) }
      case "pattern": pattern = try ChannelPattern(value)
      case "from":
        guard let object = try? JSONValue(parsing: value), object.object != nil else {
          throw TangorError(.invalidParameters, "'from' is a JSON object of positions by channel.")
        }
        from = try LiveArguments(["from": object]).positions("from")
      case "after":
        guard let position = ChannelPosition(value) else { throw Self.notAPosition("after", value) }
        after = position
      case "latest":
        guard let flag = Bool(value) else { throw TangorError(.invalidParameters, "'latest' is true or false.") }
        givesLatest = flag
      case "policy": policy = try ChannelPolicy(parameter: value, "policy")
      default: throw TangorError(.invalidRequest, "There is no parameter '\(name.prefix(32))' here.")
      }
    }
    if !patterns.isEmpty { try refuse(except: ["subscribe", "from", "latest", "policy"]) }
  }

  static func notAPosition(_ name: String, _ value: String) -> TangorError {
    TangorError(.invalidParameters, "'\(name)' is a position such as 0a1b2c3d:17; '\(value.prefix(32))' came.")
  }

  /// - Throws: `invalid_request` when a parameter was given that is not among these.
  func refuse(except allowed: Set<String>) throws {
    guard let first = names.subtracting(allowed).min() else { return }
    throw TangorError(.invalidRequest, "There is no parameter '\(first.prefix(32))' here.")
  }
}
