/// What is carried through the reading of one source: the findings so far, and what values need to know about where they stand.
package struct ConfigurationReading: Sendable {
  /// What is wrong so far.
  package private(set) var findings: [ConfigurationFinding] = []
  /// The folder that relative paths start from; empty leaves them as they are.
  package var folder: String
  /// The key being read, as messages name it.
  package var key = ""

  package init(folder: String = "") { self.folder = folder }

  /// Notes what is wrong at a place.
  package mutating func note(_ message: String, at place: ConfigurationPlace) {
    findings.append(ConfigurationFinding(place: place, message: message))
  }

  /// Notes that the key being read wants something else than what the node holds.
  mutating func refuse(_ node: ConfigurationNode, wanted: String) {
    note("'\(key)' must be \(wanted), not \(node.spoken)", at: node.place)
  }

  /// A path as the program will open it: absolute, or below the folder.
  func resolved(_ path: String) -> String {
    guard !folder.isEmpty, !path.hasPrefix("/") else { return path }
    var rest = path[...]
    while rest.hasPrefix("./") { rest = rest.dropFirst(2).drop { $0 == "/" } }
    if rest.isEmpty || rest == "." { return folder }
    return folder.hasSuffix("/") ? folder + rest : "\(folder)/\(rest)"
  }
}
