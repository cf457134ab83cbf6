/// The types of keys that read what other servers' files hold.
extension ConfigurationType<String> {
  /// An address to listen on; an empty text is the default, as far as no file of another server opens more than it says.
  static let host = Self(
    wanted: "text on one line", label: string.label, shape: .scalar,
    read: { node, reading in string.read(node, &reading).map { $0.isEmpty ? TangorConfiguration().host : $0 } },
    write: string.write)

  /// One element of a path of URLs, as in `wispyjs`; empty for none. `tangor` is the browser client's own.
  static let pathElement = string.restricted(
    to: "one element of a URL path such as 'wispyjs', other than 'tangor', or empty", label: "URL path element"
  ) { text in
    guard let path = text.asURLPath, path != "/tangor", !path.dropFirst().contains("/") else { return nil }
    return String(path.dropFirst())
  }
}

extension ConfigurationType<TangorConfiguration.LogLevel> {
  /// A level of the log by its name, or by Python's name or number for it.
  static let logLevel = {
    let names: [String: TangorConfiguration.LogLevel] = [
      "notset": .trace, "warn": .warning, "fatal": .critical,
      "0": .trace, "10": .debug, "20": .info, "30": .warning, "40": .error, "50": .critical,
    ]
    return scalar(
      choice.wanted, label: choice.label,
      read: { text, _ in
        let name = text.lowercased()
        return TangorConfiguration.LogLevel(rawValue: name) ?? names[name]
      },
      write: { $0.rawValue })
  }()
}

extension ConfigurationType<TangorConfiguration.LogStream> {
  /// Where the log goes; true and false, as for a key that asks whether it goes to standard output.
  static let logStream = scalar(
    choice.wanted, label: choice.label,
    read: { text, style in
      if style != .quoted,
        let isOutput = ["true": true, "yes": true, "on": true, "false": false, "no": false, "off": false][text.lowercased()]
      {
        return isOutput ? .stdout : .stderr
      }
      return TangorConfiguration.LogStream(rawValue: text)
    },
    write: { $0.rawValue })
}
