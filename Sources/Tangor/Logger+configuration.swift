import Foundation
import Logging
import Synchronization
import TangorJSON

extension Logger {
  /// The server's logger, as the configuration says.
  init(_ configuration: TangorConfiguration.Log) {
    self.init(label: configuration.label) { label in
      switch (configuration.format, configuration.stream) {
      case (.text, .stderr): StreamLogHandler.standardError(label: label)
      case (.text, .stdout): StreamLogHandler.standardOutput(label: label)
      case (.json, .stderr): JSONLogHandler(label: label, output: .standardError)
      case (.json, .stdout): JSONLogHandler(label: label, output: .standardOutput)
      }
    }
    logLevel = Logger.Level(rawValue: configuration.level.rawValue) ?? .info
  }
}

/// Writes each message as a JSON object on a line of its own.
struct JSONLogHandler: LogHandler {
  let label: String
  let output: FileHandle
  var metadata = Logger.Metadata()
  var logLevel = Logger.Level.info
  var metadataProvider: Logger.MetadataProvider?

  init(label: String, output: FileHandle) {
    self.label = label
    self.output = output
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.writeKey("time")
    writer.write(Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(.now))
    writer.writeKey("level")
    writer.write(event.level.rawValue)
    writer.writeKey("label")
    writer.write(label)
    writer.writeKey("message")
    writer.write("\(event.message)")
    var all = metadataProvider?.get() ?? [:]
    all.merge(metadata) { $1 }
    all.merge(event.metadata ?? [:]) { $1 }
    for (key, value) in all.sorted(by: { $0.key < $1.key }) {
      writer.writeKey(key)
      writer.write("\(value)")
    }
    writer.endObject()
    // One write for each line, so that lines of several threads do not mix.
    output.write(Data(writer.bytes + [UInt8(ascii: "\n")]))
  }
}
