/// Reads a configuration from its sources: the defaults, then a file, then the environment, then flags, each over the one before.
package struct ConfigurationLoader: Sendable {
  /// The configuration so far.
  package private(set) var configuration: TangorConfiguration
  /// Everything that is wrong so far.
  package private(set) var findings: [ConfigurationFinding] = []
  /// The keys that some source has given, with the place of the last one.
  package private(set) var given: [String: ConfigurationPlace] = [:]

  private var schema: ConfigurationSchema<TangorConfiguration> { TangorConfiguration.schema }

  /// - Parameter configuration: What holds where no source says anything.
  package init(_ configuration: TangorConfiguration = TangorConfiguration()) { self.configuration = configuration }

  /// Reads a file.
  package mutating func read(file path: String) {
    do {
      read(yaml: try readText(at: path, limit: YAMLBounds.bytes), file: path)
      configuration.sources.append(path)
    } catch {
      findings.append(ConfigurationFinding(place: .file(path), message: "cannot be read: \(error.reason)"))
    }
  }

  /// Reads the text of a file.
  ///
  /// - Parameters:
  ///   - text: The YAML; one without any content is right.
  ///   - path: The path that findings name; relative paths in the text start from its folder.
  package mutating func read(yaml text: String, file path: String) {
    var reading = ConfigurationReading(folder: path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "")
    let place = { (line: Int, column: Int) in ConfigurationPlace.position(file: path, line: line, column: column) }
    if let node = ConfigurationDocument.read(text, place: place, &reading), !node.isNull {
      if case .map(let entries) = node.content {
        var places: [String: ConfigurationPlace] = [:]
        schema.read(entries, into: &configuration, given: &places, &reading)
        given.merge(places) { _, new in new }
      } else {
        reading.note("the file must be a mapping of keys to values, as in 'port: 8080', not \(node.spoken)", at: node.place)
      }
    }
    findings += reading.findings.sorted { $0.place.order < $1.place.order }
  }

  /// Reads the variables whose names begin with `TANGOR_`; `TANGOR_CONFIG`, which names the file, is left to the caller.
  package mutating func read(environment: [String: String]) {
    var reading = ConfigurationReading()
    var places: [String: ConfigurationPlace] = [:]
    for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
      guard name.hasPrefix("TANGOR_"), name != Self.fileVariable else { continue }
      let place = ConfigurationPlace.variable(name)
      guard let key = schema.keys.first(where: { $0.variable == name }) else {
        reading.note("unknown variable\(variableHint(for: name))", at: place)
        continue
      }
      guard let node = ConfigurationNode.text(value, shape: key.shape, place: place, &reading) else { continue }
      schema.apply(key, node, spoken: key.name, at: place, into: &configuration, given: &places, &reading)
    }
    given.merge(places) { _, new in new }
    findings += reading.findings
  }

  /// Reads the settings of a command line. A key that two of them give is wrong, since nobody could say which was meant.
  package mutating func read(settings: [ConfigurationSetting]) {
    var reading = ConfigurationReading()
    var places: [String: ConfigurationPlace] = [:]
    for setting in settings {
      guard let key = schema.key(named: setting.name) else {
        let isSection = schema.sections.contains(setting.name.normalizedKey)
        let example = schema.keys.first { $0.section == setting.name.normalizedKey }.map { ", such as '\($0.name)'" } ?? ""
        reading.note(
          isSection
            ? "'\(setting.name)' is a section; set one of its keys\(example)"
            : "unknown key '\(setting.name.oneLine)'\(schema.hint(for: setting.name))", at: setting.place)
        continue
      }
      guard let node = ConfigurationNode.text(setting.value, shape: key.shape, place: setting.place, &reading) else { continue }
      schema.apply(key, node, spoken: setting.name, at: setting.place, into: &configuration, given: &places, &reading)
    }
    given.merge(places) { _, new in new }
    findings += reading.findings
  }

  /// The configuration, once all sources are read.
  ///
  /// - Throws: All findings, with those about settings that do not go together.
  package func finish() throws(ConfigurationError) -> TangorConfiguration {
    var findings = findings
    let (certificate, key) = (configuration.tls.certificate, configuration.tls.key)
    if let place = given["tls.certificate"], certificate != nil, key == nil {
      findings.append(ConfigurationFinding(place: place, message: "'tls.certificate' needs 'tls.key' too"))
    } else if let place = given["tls.key"], key != nil, certificate == nil {
      findings.append(ConfigurationFinding(place: place, message: "'tls.key' needs 'tls.certificate' too"))
    }
    guard findings.isEmpty else { throw ConfigurationError(findings) }
    return configuration
  }

  /// The variable that names the configuration file.
  package static let fileVariable = "TANGOR_CONFIG"

  private func variableHint(for name: String) -> String {
    let limit = max(1, name.count / 4)
    var best: (distance: Int, variable: String)?
    func consider(_ candidate: String, as variable: String) {
      guard let distance = name.uppercased().editDistance(to: candidate, limit: limit), distance < best?.distance ?? .max else { return }
      best = (distance, variable)
    }
    for key in schema.keys {
      consider(key.variable, as: key.variable)
      for alias in key.aliases { consider("TANGOR_" + alias.uppercased().replacing(".", with: "_"), as: key.variable) }
    }
    consider(Self.fileVariable, as: Self.fileVariable)
    if let best { return "; did you mean '\(best.variable)'?" }
    return "; variables are named after keys, as TANGOR_STREAMS_LEASE after 'streams.lease'"
  }
}

extension ConfigurationPlace {
  /// Sorts places of one file.
  fileprivate var order: (Int, Int) {
    if case .position(_, let line, let column) = self { return (line, column) }
    return (0, 0)
  }
}
