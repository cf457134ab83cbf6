import TangorCore
import TangorServing
import TangorSite
import TangorStreams
import Testing

@testable import Tangor

@Suite struct ConfigurationFileTests {
  @Test(arguments: ["", "\n", "# nothing\n", "---\n", "--- ~\n", "{}", "streams:\n", "\u{FEFF}"])
  func emptyFilesAreValid(yaml: String) throws {
    #expect(try allValues(read(yaml)) == allValues(TangorConfiguration()))
  }

  @Test func everySectionIsRead() throws {
    let configuration = try read(
      """
      host: 0.0.0.0
      port: 9_000
      base-path: app/
      tls: {certificate: /c.pem, key: keys/k.pem}
      log:
        level: debug
        format: json
      limits:
        header_size: 64k
        calls_in_flight: 7
      shutdown: {grace: 1.5m}
      websocket:
        max-message-size: 64 MiB
        origins: [https://example.org, "*"]
        compression: {enabled: no, level: 9}
      streams:
        lease: 250ms
      static:
        folders:
          /data: measurements
          docs/: /srv/docs
        listings: true
      """)
    #expect(configuration.host == "0.0.0.0")
    #expect(configuration.port == 9_000)
    #expect(configuration.basePath == "/app")
    #expect(configuration.tls.certificate == "/c.pem")
    #expect(configuration.tls.key == "keys/k.pem")
    #expect(configuration.log.level == .debug)
    #expect(configuration.log.format == .json)
    #expect(configuration.serving.maximumHeaderSize == .kibibytes(64))
    #expect(configuration.serving.maximumCallsInFlight == 7)
    #expect(configuration.serving.shutdownGrace == .seconds(90))
    #expect(configuration.serving.webSocket.maximumMessageSize == .mebibytes(64))
    #expect(configuration.serving.webSocket.origins == ["https://example.org", "*"])
    #expect(!configuration.serving.webSocket.compression.isEnabled)
    #expect(configuration.serving.webSocket.compression.level == 9)
    #expect(configuration.streams.lease == .milliseconds(250))
    #expect(configuration.site.folders == ["/data": "measurements", "/docs": "/srv/docs"])
    #expect(configuration.site.listings)
  }

  @Test func namesOfOlderSystemsAndDottedNamesAreRead() throws {
    let configuration = try read(
      "address: '::1'\nlist-dir: yes\nwebsocket_max_message_size: 104857600\nstatic: ./static\nstreams.lease: 5\n")
    #expect(configuration.host == "::1")
    #expect(configuration.site.listings)
    #expect(configuration.serving.webSocket.maximumMessageSize.bytes == 104_857_600)
    #expect(configuration.site.folders == ["/static": "./static"])
    #expect(configuration.streams.lease == .seconds(5))
    #expect(try read("hostname: x").host == "x")
    #expect(try read("static: {folders: [a/b, ../c]}").site.folders == ["/b": "a/b", "/c": "../c"])
  }

  @Test func relativePathsStartFromTheFilesFolder() throws {
    var loader = ConfigurationLoader()
    loader.read(yaml: "root: ./web\ntls: {certificate: /c, key: ../k}\nstatic: {folders: {/d: .}}", file: "/etc/tangor/tangor.yaml")
    loader.read(environment: ["TANGOR_STATIC_HOMEPAGE": "web"])
    let configuration = try loader.finish()
    #expect(configuration.site.root == "/etc/tangor/web")
    #expect(configuration.tls.certificate == "/c")
    #expect(configuration.tls.key == "/etc/tangor/../k")
    #expect(configuration.site.folders == ["/d": "/etc/tangor"])
    #expect(configuration.site.homepage == "web")
  }

  @Test func anchorsAliasesAndMergeKeysAreRead() throws {
    let configuration = try read(
      """
      limits:
        request_timeout: &t 7s
        idle_timeout: *t
      websocket: &w {ping_interval: 3s, ping_timeout: 4s}
      websocket.compression: {<<: [{level: 3}, {level: 4, window_bits: 9}], window_bits: 10}
      """)
    #expect(configuration.serving.idleTimeout == .seconds(7))
    #expect(configuration.serving.webSocket.compression.level == 3)
    #expect(configuration.serving.webSocket.compression.windowBits == 10)
  }

  @Test func nullClearsAnOptionalKeyAndNothingElse() throws {
    #expect(try read("root: ~").site.root == nil)
    #expect(try read("static: {homepage: }").site.homepage == nil)
    #expect(try read("websocket: {origins: }").serving.webSocket.origins == [])
    #expect(findings("port:\n") == ["tangor.yaml:1:6: 'port' must be an integer from 0 to 65535, not nothing"])
  }

  @Test func aFileIsReadFromDisk() {
    #expect(throws: ConfigurationError.self) { try TangorConfiguration(file: "/nonexistent/tangor.yaml") }
    do {
      _ = try TangorConfiguration(file: "/nonexistent/tangor.yaml")
    } catch {
      #expect(error.description == "/nonexistent/tangor.yaml: cannot be read: no such file or directory")
    }
    do {
      _ = try TangorConfiguration(file: "/")
      Issue.record("a folder was read")
    } catch {
      #expect(error.description == "/: cannot be read: is a directory")
    }
  }
}
