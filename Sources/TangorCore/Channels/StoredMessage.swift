package import TangorJSON

/// A message as a channel keeps it: encoded once, in the form in which most of its readers get it.
package struct StoredMessage: Sendable {
  /// The whole notification `channel.message` as it travels on the live connection.
  package let notification: [UInt8]
  /// The message's offset; that of the first one is 1.
  package let offset: Int
  package let isBinary: Bool
  /// Where the payload's JSON begins.
  private let start: Int
  /// The bytes of the channel's messages up to this one, since its epoch began.
  let end: Int

  private static let tail = Array("}}".utf8)
  private static let binaryTail = Array(#","encoding":"base64"}}"#.utf8)
  /// What stands before the parameters.
  private static let head = Array(#"{"jsonrpc":"2.0","method":"channel.message","params":"#.utf8)
  /// What keeping a message costs beside its bytes.
  static let overhead = 96

  /// What stands before the offset in all messages of a channel and its epoch.
  static func prefix(_ name: ChannelName, _ epoch: ChannelEpoch) -> [UInt8] {
    var writer = JSONWriter(capacity: 128 + name.text.utf8.count)
    writer.writeRaw(head)
    writer.beginObject()
    writer.writeKey("channel")
    writer.write(name.text)
    writer.writeKey("epoch")
    writer.write(epoch.description)
    writer.writeKey("offset")
    return writer.bytes
  }

  /// - Parameters:
  ///   - prefix: What stands before the offset.
  ///   - before: The bytes of the channel's earlier messages.
  init(_ payload: ChannelPayload, prefix: [UInt8], offset: Int, before: Int) {
    let tail = payload.isBinary ? Self.binaryTail : Self.tail
    var writer = JSONWriter(capacity: prefix.count + payload.json.count + tail.count + 32)
    writer.bytes.append(contentsOf: prefix)
    writer.write(offset)
    writer.writeKey("data")
    start = writer.bytes.count
    writer.bytes.append(contentsOf: payload.json)
    writer.bytes.append(contentsOf: tail)
    notification = writer.bytes
    self.offset = offset
    isBinary = payload.isBinary
    end = before + notification.count + Self.overhead
  }

  /// What keeping it counts for.
  var size: Int { notification.count + Self.overhead }

  /// The object `{"channel", "epoch", "offset", "data", "encoding"?}`.
  package var parameters: ArraySlice<UInt8> { notification[Self.head.count..<(notification.count - 1)] }

  /// The payload's JSON: the value, or base64 text with its quotes.
  package var data: ArraySlice<UInt8> {
    notification[start..<(notification.count - (isBinary ? Self.binaryTail : Self.tail).count)]
  }

  /// The bytes of a binary payload.
  var binary: [UInt8]? { isBinary ? Base64.decode(data.dropFirst().dropLast()) : nil }

  /// Writes `{"offset", "data", "encoding"?}`.
  package func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.writeKey("offset")
    writer.write(offset)
    writer.writeKey("data")
    writer.writeRaw(data)
    if isBinary {
      writer.writeKey("encoding")
      writer.write("base64")
    }
    writer.endObject()
  }
}
