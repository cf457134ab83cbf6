/// The validator of one representation: what `ETag` carries.
package struct EntityTag: Sendable, Hashable, CustomStringConvertible {
  /// What stands between the quotes.
  package let opaque: String
  /// Whether equal tags promise equal meaning alone, and not equal bytes.
  package let isWeak: Bool

  package init(_ opaque: String, isWeak: Bool = false) {
    self.opaque = opaque
    self.isWeak = isWeak
  }

  package var description: String { (isWeak ? "W/\"" : "\"") + opaque + "\"" }

  /// Whether both promise the same bytes.
  package func matchesStrongly(_ other: EntityTag) -> Bool { !isWeak && !other.isWeak && opaque == other.opaque }

  /// Whether both promise the same meaning.
  package func matchesWeakly(_ other: EntityTag) -> Bool { opaque == other.opaque }

  /// Reads one tag that fills the whole text.
  package init?(parsing text: some StringProtocol) {
    guard case .tags(let tags) = EntityTagList(parsing: text), tags.count == 1 else { return nil }
    self = tags[0]
  }
}

/// What `If-Match` and `If-None-Match` carry.
package enum EntityTagList: Sendable, Equatable {
  /// `*`: any representation.
  case any
  /// The tags; none when the field is malformed, so that a broken list matches nothing.
  case tags([EntityTag])

  package init(parsing text: some StringProtocol) {
    let bytes = Array(text.utf8)
    var tags: [EntityTag] = []
    var position = 0
    func skipSpace() {
      while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
    }
    skipSpace()
    if position < bytes.count, bytes[position] == UInt8(ascii: "*") {
      position += 1
      skipSpace()
      self = position == bytes.count ? .any : .tags([])
      return
    }
    while true {
      while true {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: ",") else { break }
        position += 1
      }
      if position == bytes.count { break }
      var isWeak = false
      if bytes[position] == UInt8(ascii: "W"), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "/") {
        isWeak = true
        position += 2
      }
      guard position < bytes.count, bytes[position] == 0x22,
        let end = bytes[(position + 1)...].firstIndex(of: 0x22)
      else {
        tags = []
        break
      }
      tags.append(EntityTag(String(decoding: bytes[(position + 1)..<end], as: UTF8.self), isWeak: isWeak))
      position = end + 1
      skipSpace()
      guard position == bytes.count || bytes[position] == UInt8(ascii: ",") else {
        tags = []
        break
      }
    }
    self = .tags(tags)
  }
}
