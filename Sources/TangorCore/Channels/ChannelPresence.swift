package import TangorJSON

/// A client as others see it.
package struct ChannelClient: Sendable, Hashable, JSONWritable {
  package let id: String
  /// What it tells about itself.
  package let info: JSONFragment?

  package init(id: String, info: JSONFragment?) {
    self.id = id
    self.info = info
  }

  package func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.writeKey("id")
    writer.write(id)
    if let info {
      writer.writeKey("info")
      writer.write(info)
    }
    writer.endObject()
  }
}

package enum ChannelPresenceChange: Sendable, Hashable {
  case joined(ChannelClient)
  case left(ChannelClient)
}

/// Who is in a channel, in the order in which they came. A pure value.
struct ChannelPresence: Sendable {
  private var clients: [String: (order: Int, client: ChannelClient)] = [:]
  private var count = 0

  var isEmpty: Bool { clients.isEmpty }
  var all: [ChannelClient] { clients.values.sorted { $0.order < $1.order }.map(\.client) }

  /// - Returns: What others are told; nil when it was there already, with the same words.
  mutating func join(_ client: ChannelClient) -> ChannelPresenceChange? {
    let known = clients[client.id]
    guard known?.client != client else { return nil }
    count += 1
    clients[client.id] = (known?.order ?? count, client)
    return .joined(client)
  }

  mutating func leave(_ id: String) -> ChannelPresenceChange? { clients.removeValue(forKey: id).map { .left($0.client) } }
}
