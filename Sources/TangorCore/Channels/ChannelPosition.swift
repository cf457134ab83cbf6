/// One life of a channel; a channel that is made anew, or emptied, gets another.
public struct ChannelEpoch: Sendable, Hashable, CustomStringConvertible {
  private let bits: UInt32

  init(bits: UInt32) { self.bits = bits }

  static func random() -> Self { Self(bits: .random(in: 0 ... .max)) }

  /// Reads an epoch as it travels.
  ///
  /// - Parameter text: 8 lower-case hexadecimal digits; anything else gives `nil`.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count == 8, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
      let bits = UInt32(text, radix: 16)
    else { return nil }
    self.bits = bits
  }

  /// 8 lower-case hexadecimal digits.
  public var description: String {
    let digits = String(bits, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

/// A place in a channel: behind the message of this offset.
public struct ChannelPosition: Sendable, Hashable, CustomStringConvertible {
  /// The channel's life that the offset belongs to.
  public let epoch: ChannelEpoch
  /// The offset; that of the first message is 1.
  public let offset: Int

  public init(epoch: ChannelEpoch, offset: Int) {
    self.epoch = epoch
    self.offset = offset
  }

  /// Reads `epoch:offset`, as it stands in `ETag` and `Last-Event-ID`; anything else gives `nil`.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let epoch = ChannelEpoch(parts[0]), let first = parts[1].utf8.first, (0x30...0x39).contains(first),
      let offset = Int(parts[1])
    else { return nil }
    self.init(epoch: epoch, offset: offset)
  }

  public var description: String { "\(epoch):\(offset)" }
}
