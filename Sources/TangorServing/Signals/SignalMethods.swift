package import TangorCore
import TangorJSON

/// The methods `signal.*` of the live connection. The contract stands in `docs/wire.md`.
package struct SignalMethods: Sendable {
  private let registry: SignalRegistry

  /// - Parameter registry: The signals.
  package init(_ registry: SignalRegistry) { self.registry = registry }

  /// The methods.
  package var methods: [LiveMethod] { [wait, send] }

  private var wait: LiveMethod {
    LiveMethod(
      "signal.wait", "Waits for a signal, or for the first of several.",
      parameters: [
        .optional("name", .string, "The signal's name."), .optional("names", .array, "Several names, in place of name."),
        .optional("timeout", .any, "How long to wait: seconds, or a text such as \"5s\"; 30 s by default."),
      ],
      result: "name and value of the signal that came."
    ) { [registry] call in
      let names = try registry.names(call.arguments.signalNames())
      let limit = registry.configuration.maximumTimeout
      let timeout = try call.arguments.optionalDuration("timeout", upTo: limit) ?? min(SignalQuery.usualTimeout, limit)
      let outcome = await registry.wait(try registry.reserve(), for: names, timeout: timeout)
      return SignalAnswer.came(try outcome.message(names, timeout))
    }
  }

  private var send: LiveMethod {
    .immediate(
      "signal.send", "Sends a signal to those who wait for it.",
      parameters: [
        .required("name", .string, "The signal's name."), .optional("value", .any, "What goes with it; null by default."),
        .optional("to", .string, "Whom it wakes: \"all\", the default, or \"first\", the one that has waited longest."),
        .optional("sticky", .any, "How long it is kept when it wakes nobody: seconds, a text such as \"1m\", or true."),
      ],
      result: "woken, how many it woke; kept, whether it is kept."
    ) { [registry] call in
      let name = try registry.name(call.arguments.string("name"))
      let recipients = try call.arguments.optionalString("to").map { try SignalRecipients(parameter: $0) } ?? .all
      let sticky = try call.arguments.sticky(registry.configuration.lease)
      let value = JSONFragment(call.arguments["value"] ?? .null)
      return SignalAnswer.sent(try registry.send(value, to: name, recipients, sticky: sticky, byClient: true))
    }
  }
}

extension LiveArguments {
  /// `name`, or the array `names`.
  fileprivate func signalNames() throws -> [String] {
    if let name = try optionalString("name") {
      guard self["names"] == nil else { throw TangorError(.invalidParameters, "'name' and 'names' exclude each other.") }
      return [name]
    }
    guard let values = self["names"]?.array else {
      throw TangorError(.invalidParameters, "The parameter 'name' is missing, or 'names', an array of strings.")
    }
    return try values.map { value in
      guard let text = value.string else {
        throw TangorError(.invalidParameters, "'names' must be an array of strings; \(value.kindName) stands in it.")
      }
      return text
    }
  }

  /// How long a signal is kept: a duration, or true for the usual one.
  fileprivate func sticky(_ usual: Duration) throws -> Duration? {
    if let flag = self["sticky"]?.bool { return flag ? usual : nil }
    return try optionalDuration("sticky", upTo: SignalQuery.longestLease)
  }
}
