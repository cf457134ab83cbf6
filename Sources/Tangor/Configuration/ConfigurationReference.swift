/// Writes the part of docs/configuration.md that lists the keys.
package enum ConfigurationReference {
  /// The comment after which the generated part begins, up to the end of the page.
  package static let marker = "<!-- From here on the page is generated: tangor config reference. -->"

  /// The sections with their keys, as Markdown.
  package static func markdown() -> String {
    let schema = TangorConfiguration.schema
    let defaults = TangorConfiguration()
    var text = ""
    var section: String?
    for key in schema.keys {
      if key.section != section {
        section = key.section
        let title = key.section.isEmpty ? "At the top" : "`\(key.section)`"
        text += "\n### \(title)\n\n"
        if let summary = TangorConfiguration.sectionSummaries[key.section] { text += "\(summary).\n\n" }
        text += "| key | default | type | what it does |\n| --- | --- | --- | --- |\n"
      }
      let standard = key.value(defaults).map { "`\($0.flowText)`" } ?? "none"
      let aliases = key.aliases.isEmpty ? "" : " Also: " + key.aliases.map { "`\($0)`" }.joined(separator: ", ") + "."
      text += "| `\(key.name)` | \(standard) | \(key.label.inTable) | \(key.summary.inTable)\(aliases) |\n"
    }
    text += "\n## Variables\n\n| variable | key |\n| --- | --- |\n"
    text += "| `\(ConfigurationLoader.fileVariable)` | the file itself, where `--config` is not given |\n"
    for key in schema.keys { text += "| `\(key.variable)` | `\(key.name)` |\n" }
    return text
  }
}

extension String {
  /// The text as it may stand in a cell of a table.
  fileprivate var inTable: String { replacing("|", with: "\\|").replacing("*", with: "\\*").replacing("<", with: "&lt;") }
}
