/// Reads `Decodable` values from JSON; the counterpart of ``JSONEncoding``.
///
/// Numbers are exact: an integer type takes `1.0` and `1e2`, and refuses what it cannot hold. `Date` is read from ISO 8601 text with `Z` or
/// an offset, `Data` from base64 text, `URL` from text, `Decimal` from a number. Members that nobody asks for are ignored.
public enum JSONDecoding {
  /// Decodes a value from a tree.
  ///
  /// - Parameters:
  ///   - type: the value's type
  ///   - value: the tree
  ///   - userInfo: passed to the type's own decoding
  /// - Throws: `DecodingError` with the place when the tree does not hold such a value, or what the type's own decoding throws
  public static func decode<T: Decodable>(
    _ type: T.Type, from value: JSONValue, userInfo: [CodingUserInfoKey: any Sendable] = [:]
  ) throws -> T {
    try ValueDecoder(value: value, path: nil, userInfo: userInfo, depth: 0).unbox(type)
  }

  /// Decodes a value from the bytes of a JSON text.
  ///
  /// - Parameters:
  ///   - type: the value's type
  ///   - bytes: the text in UTF-8
  ///   - limits: the bounds of the reading
  ///   - userInfo: passed to the type's own decoding
  /// - Throws: ``JSONError`` when the bytes are not JSON, `DecodingError` with the place when it does not hold such a value, or what the
  ///   type's own decoding throws
  public static func decode<T: Decodable>(
    _ type: T.Type, from bytes: some Collection<UInt8>, limits: JSONLimits = .default, userInfo: [CodingUserInfoKey: any Sendable] = [:]
  ) throws -> T {
    try decode(type, from: JSONValue(parsing: bytes, limits: limits), userInfo: userInfo)
  }

  /// Decodes a value from a JSON text.
  ///
  /// - Throws: ``JSONError`` when the text is not JSON, `DecodingError` with the place when it does not hold such a value, or what the
  ///   type's own decoding throws
  public static func decode<T: Decodable>(
    _ type: T.Type, from text: String, limits: JSONLimits = .default, userInfo: [CodingUserInfoKey: any Sendable] = [:]
  ) throws -> T {
    try decode(type, from: JSONValue(parsing: text, limits: limits), userInfo: userInfo)
  }
}
