public import TangorJSON

/// What a message carries.
public struct ChannelPayload: Sendable, Hashable {
  /// What stands in the message's text: the JSON value, or the base64 text with its quotes.
  let json: [UInt8]
  let isBinary: Bool
  /// The size that limits count: of the JSON text, or of the bytes before base64.
  let size: Int

  private init(json: [UInt8], isBinary: Bool, size: Int) {
    self.json = json
    self.isBinary = isBinary
    self.size = size
  }

  /// A JSON value.
  public static func json(_ fragment: JSONFragment) -> Self {
    Self(json: fragment.bytes, isBinary: false, size: fragment.bytes.count)
  }

  /// Bytes, which travel as base64.
  public static func binary(_ bytes: some Collection<UInt8>) -> Self {
    Self(json: [0x22] + Base64.encode(bytes) + [0x22], isBinary: true, size: bytes.count)
  }

  /// Bytes that came as base64.
  ///
  /// - Throws: `invalid_parameters` when the text is not base64 with its padding.
  package init(base64 text: String) throws {
    guard let bytes = Base64.decode(text.utf8) else {
      throw TangorError(.invalidParameters, "'data' must be base64 with its padding when 'encoding' is \"base64\".")
    }
    self = .binary(bytes)
  }
}
