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

/// A generator of numbers that gives the same ones for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// The whole configuration as text, to compare two by all their keys.
func allValues(_ configuration: TangorConfiguration) -> [String] {
  TangorConfiguration.schema.keys.map { key in "\(key.name) = \(key.value(configuration)?.flowText ?? "none")" }
}
