import Hummingbird
import HummingbirdTesting
import TangorTesting
import Testing

@testable import Tangor

/// Keys of wispyobserver's files by their own names.
@Suite struct WispyobserverKeysTests {
  @Test func theNamesOfBothAreOneKey() throws {
    let configuration = try read(
      """
      base_path: /test
      address: ""
      websocket_max_message_size: 104857600
      logging_config: {logger: web, level: DEBUG, stream: true}
      """)
    #expect(configuration.basePath == "/test")
    #expect(configuration.host == "127.0.0.1", "an empty address opens no more than the default")
    #expect(configuration.serving.webSocket.maximumMessageSize.bytes == 104_857_600)
    #expect(configuration.log.label == "web")
    #expect(configuration.log.level == .debug)
    #expect(configuration.log.stream == .stdout)
    #expect(try read("log: {stream: no}").log.stream == .stderr)
    #expect(try read("address: 0.0.0.0").host == "0.0.0.0")
  }

  @Test(arguments: [
    ("NOTSET", TangorConfiguration.LogLevel.trace), ("INFO", .info), ("WARN", .warning), ("WARNING", .warning), ("FATAL", .critical),
    ("40", .error), ("notice", .notice),
  ])
  func levelsHavePythonsNamesToo(text: String, level: TangorConfiguration.LogLevel) throws {
    #expect(try read("log.level: \(text)").log.level == level)
  }

  @Test(arguments: [
    ("static", ["/static": "static"]), ("./a/b", ["/b": "a/b"]), ("[./a, /srv/c]", ["/a": "a", "/c": "/srv/c"]),
    ("{static: ./static, data/x: d}", ["/static": "static", "/data/x": "d"]),
  ])
  func foldersAreOneOrManyOrNamed(text: String, folders: [String: String]) throws {
    var loader = ConfigurationLoader()
    loader.read(yaml: "static: {folders: \(text)}", file: "/srv/tangor.yaml")
    let absolute = folders.mapValues { $0.hasPrefix("/") ? $0 : "/srv/" + $0 }
    #expect(try loader.finish().site.folders == absolute)
  }

  @Test func keysWithoutEffectAreReadAndChecked() throws {
    let configuration = try read("multiprocessed: true\ndefault_host: 0.0.0.0\n")
    #expect(configuration.wispyobserver == .init(isMultiprocessed: true, defaultHost: "0.0.0.0"))
    #expect(findings("multiprocessed: maybe") == ["tangor.yaml:1:17: 'multiprocessed' must be true or false, not 'maybe'"])
  }

  @Test(arguments: ["tangor", "/tangor/", "a/b", "..", "a b", "%61"])
  func theScriptsNeedOneElementOfTheirOwn(text: String) {
    #expect(
      findings("wispy_static_path: '\(text)'") == [
        "tangor.yaml:1:20: 'wispy_static_path' must be one element of a URL path such as 'wispyjs', other than 'tangor', or empty, "
          + "not the string '\(text)'"
      ])
  }

  @Test(arguments: [("", "wispyjs"), ("wispy_static_path: /js/\n", "js")])
  func theScriptsAreServedWhereTheKeySays(yaml: String, path: String) async throws {
    let app = try TangorApp(try read("base_path: /test\nlog.level: error\n" + yaml))
    try await app.buildApplication().test(.router) { client in
      for file in [
        "rpc.js", "page.js", "httpReq.js", "tooltip.js", "customElements/svg-favicon.js", "customElements/custom-element.js",
      ] {
        try await client.execute(uri: "/test/\(path)/\(file)", method: .get) { response in
          #expect(response.status == .ok, "\(file)")
          #expect(response.headers[.contentType]?.hasPrefix("text/javascript") == true, "\(file)")
        }
        try await client.execute(uri: "/\(path)/\(file)", method: .get) { #expect($0.status == .notFound) }
      }
    }
  }

  @Test func theScriptsCanBeLeftOut() async throws {
    let app = try TangorApp(try read("log.level: error\nwispy_static_path: ''"))
    try await app.buildApplication().test(.router) { client in
      try await client.execute(uri: "/wispyjs/rpc.js", method: .get) { #expect($0.status == .notFound) }
    }
  }

  @Test func theBasePathLeadsToTheHomepage() async throws {
    let folder = TemporaryFolder()
    folder.write("static/index.html", "home")
    let configuration = try read(
      "base_path: /test\nlog.level: error\nstatic: {homepage: static/index.html, folders: {static: \(folder.path)/static}}")
    try await TangorApp(configuration).buildApplication().test(.router) { client in
      try await client.execute(uri: "/test", method: .get) { response in
        #expect(response.status == .permanentRedirect && response.headers[.location] == "/test/")
      }
      try await client.execute(uri: "/test/", method: .get) { response in
        #expect(response.status == .found && response.headers[.location] == "static/index.html")
      }
      try await client.execute(uri: "/test/static/index.html", method: .get) { #expect(String(buffer: $0.body) == "home") }
      try await client.execute(uri: "/static/index.html", method: .get) { #expect($0.status == .notFound) }
    }
  }
}
