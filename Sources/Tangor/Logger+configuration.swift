import Foundation
import Logging
import Synchronization
import TangorJSON

extension Logger {
  /// The server's logger: to standard error, as the configuration says.
  init(_ configuration: TangorConfiguration.Log) {
    self.init(label: "tangor") { label in
      switch configuration.format {
      case .text: StreamLogHandler.standardError(label: label)
      case .json: JSONLogHandler(label: label)
      }
    }
    logLevel = Logger.Level(rawValue: configuration.level.rawValue) ?? .info
  }
}

/// Writes each message as a JSON object on a line of its own.
struct JSONLogHandler: LogHandler {
  let label: String
  var metadata = Logger.Metadata()
  var logLevel = Logger.Level.info
  var metadataProvider: Logger.MetadataProvider?

  init(label: String) { self.label = label }

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
    FileHandle.standardError.write(Data(writer.bytes + [UInt8(ascii: "\n")]))
  }
}
