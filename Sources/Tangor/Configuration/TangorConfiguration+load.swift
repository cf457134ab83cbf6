extension TangorConfiguration {
  /// Reads a configuration: the defaults, over them a file, and over both the environment.
  ///
  /// - Parameters:
  ///   - file: The path of a YAML file; nil for none. Relative paths in it start from its folder.
  ///   - environment: Variables; those whose names begin with `TANGOR_` are read, and must be known. Default none.
  /// - Throws: Everything that is wrong with them, at once.
  public init(file: String?, environment: [String: String] = [:]) throws(ConfigurationError) {
    self = try Self.load(file: file, environment: environment, settings: [])
  }

  /// Reads a configuration from all its sources.
  ///
  /// - Parameters:
  ///   - file: The path of a YAML file; nil for none.
  ///   - environment: Variables.
  ///   - settings: What the command line sets.
  package static func load(
    file: String?, environment: [String: String], settings: [ConfigurationSetting]
  ) throws(ConfigurationError) -> TangorConfiguration {
    var loader = ConfigurationLoader()
    if let file { loader.read(file: file) }
    loader.read(environment: environment)
    loader.read(settings: settings)
    return try loader.finish()
  }
}
