import Testing

@testable import Tangor

/// Reads a YAML text as the file `tangor.yaml`.
func read(_ yaml: String, environment: [String: String] = [:], settings: [String] = []) throws -> TangorConfiguration {
  var loader = ConfigurationLoader()
  loader.read(yaml: yaml, file: "tangor.yaml")
  loader.read(environment: environment)
  loader.read(settings: settings.compactMap { ConfigurationSetting(assignment: $0) })
  return try loader.finish()
}

/// The findings of a YAML text, one a line.
func findings(_ yaml: String, environment: [String: String] = [:], settings: [String] = []) -> [String] {
  do {
    _ = try read(yaml, environment: environment, settings: settings)
    return []
  } catch let error as ConfigurationError {
    return error.findings.map(\.description)
  } catch {
    return ["another error: \(error)"]
  }
}

/// The whole configuration as text, to compare two by all their keys.
func allValues(_ configuration: TangorConfiguration) -> [String] {
  TangorConfiguration.schema.keys.map { key in "\(key.name) = \(key.value(configuration)?.flowText ?? "none")" }
}
