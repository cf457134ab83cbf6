import Foundation
import Testing

@testable import Tangor

/// A whole configuration file of wispyobserver.
@Suite struct WispyobserverFileTests {
  private let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Browser/fixtures/wispyobserver/config.yaml").standardized.path(percentEncoded: false)

  @Test func itLoadsWithoutFindings() throws {
    var loader = ConfigurationLoader()
    loader.read(file: file)
    #expect(loader.findings.map(\.description) == [])
    let configuration = try loader.finish()
    #expect(configuration.basePath == "/test" && configuration.port == 80 && configuration.host == "127.0.0.1")
    #expect(configuration.site.homepage == "static/index.html")
    #expect(configuration.site.folders.mapValues { URL(filePath: $0).lastPathComponent } == ["/static": "static"])
    #expect(configuration.serving.webSocket.maximumMessageSize.bytes == 104_857_600)
    #expect(configuration.log.label == "web" && configuration.log.level == .debug && configuration.log.stream == .stdout)
  }

  /// No key of the file may be passed over: each one is found among those that the file gave.
  @Test(arguments: [
    "multiprocessed", "base_path", "port", "debug", "default_host", "address", "autoreload", "websocket_max_message_size",
    "wispy_static_path", "static.homepage", "static.folders", "upload.folders", "upload.rules.accepted_filetypes",
    "upload.rules.get_names_allowed", "upload.rules.file_creation_whitelist", "upload.rules.file_overwrite_whitelist",
    "logging_config.logger", "logging_config.level", "logging_config.stream", "synchronous_task_lock.max_workers",
    "func_caller.locking_default", "func_caller.synchronous_default", "func_caller.max_start_delay_default",
    "func_caller.check_return_annotation_default", "interface.include_internals", "interface.include_dunders",
    "interface.max_interface_depth", "interface.access_restricting_attributes", "interface.source_access", "add_attributes",
    "instance_configs",
  ])
  func itsKeysAreRead(name: String) {
    var loader = ConfigurationLoader()
    loader.read(file: file)
    let isGiven = TangorConfiguration.schema.key(named: name).map { loader.given[$0.name] != nil }
    #expect(isGiven == true)
  }
}
