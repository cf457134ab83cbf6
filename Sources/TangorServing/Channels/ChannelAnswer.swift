import TangorCore
import TangorJSON

/// The JSON that the doors of channels give out. The contract stands in `docs/wire.md`.
enum ChannelAnswer {
  static let tooLarge = TangorError(
    .payloadTooLarge, "The latest messages are too much for one answer: subscribe to fewer channels at a time, or without 'latest'.")
  static let empty = JSONFragment(unchecked: Array("{}".utf8))

  /// What `channel.subscribe` answers.
  ///
  /// - Parameter givesLatest: Whether the retained messages are part of it, where nothing is continued.
  static func subscribed(_ starts: [ChannelStart], client: String, givesLatest: Bool) -> JSONFragment {
    object { writer in
      writer.writeKey("channels")
      writer.beginObject()
      for start in starts {
        writer.writeKey(start.name.text)
        writer.beginObject()
        write(start.position, to: &writer)
        if let recovered = start.recovered {
          writer.writeKey("recovered")
          writer.write(recovered)
          if recovered {
            writer.writeKey("newest")
            writer.write(start.newest.offset)
          }
        }
        if givesLatest, start.recovered != true, let latest = start.latest {
          writer.writeKey("latest")
          latest.write(to: &writer)
        }
        writer.endObject()
      }
      writer.endObject()
      writer.writeKey("client")
      writer.write(client)
    }
  }

  /// What publishing answers.
  static func published(_ name: ChannelName, _ position: ChannelPosition) -> JSONFragment {
    object { writer in
      writer.writeKey("channel")
      writer.write(name.text)
      write(position, to: &writer)
    }
  }

  static func history(_ position: ChannelPosition, _ messages: [StoredMessage], recovered: Bool) -> JSONFragment {
    object { writer in
      write(position, to: &writer)
      writer.writeKey("recovered")
      writer.write(recovered)
      writer.writeKey("messages")
      writer.beginArray()
      for message in messages { message.write(to: &writer) }
      writer.endArray()
    }
  }

  static func clients(_ clients: [ChannelClient]) -> JSONFragment {
    object { writer in
      writer.writeKey("clients")
      writer.beginArray()
      for client in clients { writer.write(client) }
      writer.endArray()
    }
  }

  static func names(_ names: [ChannelName]) -> JSONFragment { JSONFragment(names.map(\.text)) }

  /// The parameters of `channel.lost`.
  static func lostParameters(_ name: ChannelName, _ position: ChannelPosition, count: Int) -> JSONFragment {
    object { writer in
      writer.writeKey("channel")
      writer.write(name.text)
      write(position, to: &writer)
      writer.writeKey("count")
      writer.write(count)
    }
  }

  /// What a reader is told whose position could not be continued.
  static func unrecovered(_ position: ChannelPosition) -> JSONFragment {
    object { writer in
      write(position, to: &writer)
      writer.writeKey("recovered")
      writer.write(false)
    }
  }

  /// The notification `channel.lost`.
  static func lost(_ name: ChannelName, _ position: ChannelPosition, count: Int) -> [UInt8] {
    LiveResponse.notification("channel.lost", lostParameters(name, position, count: count))
  }

  /// The notification `channel.joined` or `channel.left`, and whom it is about.
  static func presence(_ name: ChannelName, _ change: ChannelPresenceChange) -> (notification: [UInt8], client: String) {
    let (method, client) =
      switch change {
      case .joined(let client): ("channel.joined", client)
      case .left(let client): ("channel.left", client)
      }
    let parameters = object { writer in
      writer.writeKey("channel")
      writer.write(name.text)
      writer.writeKey("client")
      writer.write(client)
    }
    return (LiveResponse.notification(method, parameters), client.id)
  }

  static func object(_ members: (inout JSONWriter) -> Void) -> JSONFragment {
    var writer = JSONWriter()
    writer.beginObject()
    members(&writer)
    writer.endObject()
    return JSONFragment(unchecked: writer.bytes)
  }

  private static func write(_ position: ChannelPosition, to writer: inout JSONWriter) {
    writer.writeKey("epoch")
    writer.write(position.epoch.description)
    writer.writeKey("offset")
    writer.write(position.offset)
  }
}
