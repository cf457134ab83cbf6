import TangorCore
import TangorServing
import TangorSite
import TangorStreams
import Testing

@testable import Tangor

@Suite struct ConfigurationSourceTests {
  @Test func flagsOverrideTheEnvironmentAndThatTheFile() throws {
    let yaml = "port: 1\nhost: file\nstreams: {lease: 1s}\n"
    let environment = ["TANGOR_PORT": "2", "TANGOR_HOST": "environment", "HOME": "/"]
    let configuration = try read(yaml, environment: environment, settings: ["port=3"])
    #expect(configuration.port == 3)
    #expect(configuration.host == "environment")
    #expect(configuration.streams.lease == .seconds(1))
    #expect(configuration.streams.maximumStreams == StreamsConfiguration().maximumStreams)
  }

  @Test func listsAndMappingsArePartedAtCommas() throws {
    let configuration = try read(
      "websocket: {origins: [http://file]}",
      environment: [
        "TANGOR_WEBSOCKET_ORIGINS": "https://a.b, https://c.d:1", "TANGOR_STATIC_FOLDERS": "/data=measurements,x=/y",
        "TANGOR_WEBSOCKET_COMPRESSION_ENABLED": "off",
      ])
    #expect(configuration.serving.webSocket.origins == ["https://a.b", "https://c.d:1"])
    #expect(configuration.site.folders == ["/data": "measurements", "/x": "/y"])
    #expect(!configuration.serving.webSocket.compression.isEnabled)
    #expect(try read("", settings: ["static.folders={/a: 'b, c'}"]).site.folders == ["/a": "b, c"])
    #expect(try read("", settings: ["websocket.origins="]).serving.webSocket.origins == [])
    #expect(try read("", settings: ["websocket.origins=[http://x, '*']"]).serving.webSocket.origins == ["http://x", "*"])
  }

  @Test func anEmptyTextClearsWhatMayBeEmpty() throws {
    #expect(try read("root: x\nbase_path: /a", environment: ["TANGOR_ROOT": "", "TANGOR_BASE_PATH": ""]).site.root == nil)
    #expect(findings("", environment: ["TANGOR_PORT": ""]).count == 1)
    #expect(try read("", environment: ["TANGOR_ROOT": "null"]).site.root == "null")
  }

  @Test func keysTakeBothDashAndUnderscoreInSettings() throws {
    #expect(try read("", settings: ["websocket.max-message-size=1k"]).serving.webSocket.maximumMessageSize == .kibibytes(1))
    #expect(try read("", settings: ["list-dir=true"]).site.listings)
  }

  @Test func twoSettingsOfOneKeyAreRefused() {
    var loader = ConfigurationLoader()
    loader.read(settings: [ConfigurationSetting("port", "1", flag: "--port"), ConfigurationSetting("port", "2", flag: "--set port=2")])
    #expect(loader.findings.map(\.description) == ["--set port=2: 'port' is given twice; it stands first by --port"])
  }

  @Test func theNameOfTheFileMayStandInTheEnvironment() throws {
    #expect(try read("", environment: ["TANGOR_CONFIG": "x.yaml"]).port == 8080)
  }

  @Test func namesAndVariablesAreUnique() {
    let keys = TangorConfiguration.schema.keys
    let names = keys.flatMap { [$0.name] + $0.aliases }
    #expect(Set(names).count == names.count)
    #expect(Set(keys.map(\.variable)).count == keys.count)
    for name in names { #expect(name == name.normalizedKey.lowercased()) }
    for key in keys {
      #expect(key.summary.last == "." && !key.summary.contains("\n"), "\(key.name)")
      #expect(TangorConfiguration.sectionSummaries[key.section] != nil, "\(key.section)")
    }
  }

  /// Every default must pass the key's own check, else a printed file would not load.
  @Test func defaultsAreWithinTheirLimits() throws {
    for key in TangorConfiguration.schema.keys {
      guard let value = key.value(TangorConfiguration()) else { continue }
      var reading = ConfigurationReading()
      var configuration = TangorConfiguration()
      key.apply(ConfigurationNode(value, .file("")), &configuration, &reading)
      #expect(reading.findings.isEmpty, "\(key.name)")
    }
  }

  /// A key that wrote into another key's property would pass every other test.
  @Test func everyKeyHasItsOwnProperty() {
    let keys = TangorConfiguration.schema.keys
    // Structures by name can be given in files only; tests of their own have them.
    for key in keys where !["instance_configs", "programs", "tables"].contains(key.name) {
      guard let text = otherValue(for: key.name) else {
        Issue.record("no value to try for \(key.name)")
        continue
      }
      var loader = ConfigurationLoader()
      loader.read(settings: [ConfigurationSetting(key.name, text, flag: "test")])
      let changed = keys.filter { $0.value(loader.configuration) != $0.value(TangorConfiguration()) }.map(\.name)
      #expect(changed == [key.name], "\(loader.findings)")
    }
  }

  private func otherValue(for name: String) -> String? {
    [
      "777", "true", "false", "14", "5", "77s", "77k", "77m", "/seven", "json", "debug", "https://seven.org", "/seven=eight", "seven",
      "[{pattern: seven}]", "{seven: eight}", "[7.7.7.7]",
    ].first {
      text in
      var loader = ConfigurationLoader()
      loader.read(settings: [ConfigurationSetting(name, text, flag: "test")])
      return loader.findings.isEmpty && allValues(loader.configuration) != allValues(TangorConfiguration())
    }
  }
}
