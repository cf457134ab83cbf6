import Testing

@testable import Tangor

@Suite struct ConfigurationFindingTests {
  @Test func anUnknownKeyNamesItsPlaceAndTheNearestKey() {
    #expect(findings("a: 1\n") == ["tangor.yaml:1:1: unknown key 'a'; 'tangor config print' shows the known ones"])
    #expect(
      findings("host: x\n\nstreams:\n  leese: 3s\n") == [
        "tangor.yaml:4:3: unknown key 'streams.leese'; did you mean 'streams.lease'?"
      ])
    #expect(findings("Port: 1").first?.hasSuffix("did you mean 'port'?") == true)
    #expect(findings("lease: 1s").first?.hasSuffix("did you mean 'streams.lease'?") == true)
    #expect(findings("hostnme: x").first?.hasSuffix("did you mean 'host'?") == true)
    #expect(findings("stream: {lease: 1s}").first?.hasSuffix("did you mean 'streams'?") == true)
    #expect(findings("websocket: {compression: {levle: 1}}").first?.hasSuffix("did you mean 'websocket.compression.level'?") == true)
  }

  @Test(arguments: [
    ("port: abc", "1:7: 'port' must be an integer from 0 to 65535, not 'abc'"),
    ("port: '80'", "1:7: 'port' must be an integer from 0 to 65535, not the string '80'"),
    ("port: 65536", "1:7: 'port' must be an integer from 0 to 65535, not '65536'"),
    ("port: 010", "1:7: 'port' must be an integer from 0 to 65535, not '010'"),
    ("port: 1.5", "1:7: 'port' must be an integer from 0 to 65535, not '1.5'"),
    ("port: [1]", "1:7: 'port' must be an integer from 0 to 65535, not a list"),
    ("port: 99999999999999999999", "1:7: 'port' must be an integer from 0 to 65535, not '99999999999999999999'"),
    ("host: {a: 1}", "1:7: 'host' must be text on one line, not a mapping"),
    ("log: {level: loud}", "1:14: 'log.level' must be trace, debug, info, notice, warning, error or critical, not 'loud'"),
    ("static: {listings: 1}", "1:20: 'static.listings' must be true or false, not '1'"),
    ("static: {listings: 'true'}", "1:20: 'static.listings' must be true or false, not the string 'true'"),
    (
      "streams: {lease: 30 parsecs}",
      "1:18: 'streams.lease' must be a duration from 10ms to 30d, as in '250ms', '30s' or '2h', not '30 parsecs'"
    ),
    ("streams: {lease: 31d}", "1:18: 'streams.lease' must be a duration from 10ms to 30d, as in '250ms', '30s' or '2h', not '31d'"),
    ("streams: {lease: -1s}", "1:18: 'streams.lease' must be a duration from 10ms to 30d, as in '250ms', '30s' or '2h', not '-1s'"),
    (
      "limits: {header_size: 10 MiX}",
      "1:23: 'limits.header_size' must be a size from 1 KiB to 1 MiB, as in '64 KiB' or '10 MiB', not '10 MiX'"
    ),
    ("base_path: /a/../b", "1:12: 'base_path' must be a path of URLs such as '/app', or empty, not '/a/../b'"),
    (
      "websocket: {origins: [https://a.b, example.org]}",
      "1:36: 'websocket.origins[1]' must be an origin such as 'https://example.org', or '*', not 'example.org'"
    ),
    (
      "static: {cache_control: \"a\\nb: c\"}",
      "1:25: 'static.cache_control' must be text on one line, and not empty, not the string 'a\\nb: c'"
    ),
    ("streams: 3", "1:10: 'streams' is a section: its keys, such as 'lease', go below it, but it has '3'"),
    ("static: {folders: {/: x}}", "1:20: 'static.folders' has a folder at '/'; what is served there is the key 'root'"),
    ("static: {folders: {/a: x, a/: y}}", "1:27: 'static.folders' has two folders at '/a'"),
    ("- port", "1:1: the file must be a mapping of keys to values, as in 'port: 8080', not a list"),
    ("tls: {certificate: a}", "1:7: 'tls.certificate' needs 'tls.key' too"),
    ("[a]: 1", "1:1: a key must be a word, not a list or a mapping"),
  ])
  func aWrongValueNamesPlaceKeyAndWhatIsWanted(yaml: String, expected: String) {
    #expect(findings(yaml) == ["tangor.yaml:\(expected)"])
  }

  @Test func repeatedKeysAreFoundWithEverythingElse() {
    let yaml = """
      port: 1
      "port": 2
      streams: {lease: 1s, lease: 2s, max_wait: never}
      base_path: /a
      base-path: /b
      address: a
      hostname: b
      streams:
        lease: 3s
      """
    #expect(
      findings(yaml) == [
        "tangor.yaml:2:1: 'port' is given twice; it stands first on line 1",
        "tangor.yaml:3:22: 'streams.lease' is given twice; it stands first on line 3",
        "tangor.yaml:3:43: 'streams.max_wait' must be a duration from 0s to 1d, as in '250ms', '30s' or '2h', not 'never'",
        "tangor.yaml:5:1: 'base-path' is given twice; it stands first on line 4",
        "tangor.yaml:7:1: 'hostname', which is 'host', is given twice; it stands first on line 6",
        "tangor.yaml:8:1: 'streams' is given twice; it stands first on line 3",
      ])
  }

  @Test(arguments: [
    ("port: [1\n", "tangor.yaml:2:1: not valid YAML"),
    ("port: 1\n\thost: x\n", "tangor.yaml:2:1: not valid YAML"),
    ("host: 'x\n", "tangor.yaml:2:1: not valid YAML"),
    ("host: *nobody\n", "tangor.yaml:1:7: not valid YAML"),
    ("a: b: c\n", "tangor.yaml:1:5: not valid YAML"),
    ("port: 1\n---\nport: 2\n", "tangor.yaml:2:1: not valid YAML"),
    ("port: \u{1}\n", "tangor.yaml:1:7: not valid YAML"),
  ])
  func brokenYAMLNamesItsPlace(yaml: String, expected: String) {
    let lines = findings(yaml)
    #expect(lines.count == 1)
    #expect(lines.first?.hasPrefix(expected) == true, "\(lines)")
  }

  @Test func allFindingsOfAllSourcesComeAtOnce() {
    let lines = findings(
      "port: x\nfoo: 1\nstreams: {lease: x}\n", environment: ["TANGOR_PORT": "x", "TANGOR_PROT": "1", "PATH": "x"],
      settings: ["port=-1", "streams.leese=1s", "streams=1"])
    #expect(lines.count == 8)
    #expect(lines[3] == "TANGOR_PORT: 'port' must be an integer from 0 to 65535, not 'x'")
    #expect(lines[4] == "TANGOR_PROT: unknown variable; did you mean 'TANGOR_PORT'?")
    #expect(lines[5] == "--set port=-1: 'port' must be an integer from 0 to 65535, not '-1'")
    #expect(lines[6] == "--set streams.leese=1s: unknown key 'streams.leese'; did you mean 'streams.lease'?")
    #expect(lines[7] == "--set streams=1: 'streams' is a section; set one of its keys, such as 'streams.lease'")
  }

  @Test func aDescriptionHasALineForEachFinding() {
    do {
      _ = try read("a: 1\nb: 2")
      Issue.record("unknown keys were read")
    } catch {
      #expect("\(error)".split(separator: "\n").count == 2)
    }
  }
}
