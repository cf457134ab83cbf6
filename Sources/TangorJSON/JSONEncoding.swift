/// Writes `Encodable` values as JSON, straight into bytes.
///
/// Members come in the order in which they are encoded, which is the order of declaration where the compiler writes the code. A type that is
/// ``JSONWritable`` too is written by that. `Date` becomes ISO 8601 text in UTC with as many decimals as it needs, `Data` base64 text, `URL`
/// its text, `Decimal` a number. Doubles that JSON cannot hold become `null`. A key that is encoded twice appears twice.
public enum JSONEncoding {
  /// Encodes a value.
  ///
  /// - Parameters:
  ///   - value: the value
  ///   - limits: the bounds of the nesting
  ///   - userInfo: passed to the value's own encoding
  /// - Throws: `EncodingError` when the value has no JSON form or is nested too deeply, or what its own encoding throws
  public static func encode(
    _ value: some Encodable, limits: JSONLimits = .default, userInfo: [CodingUserInfoKey: any Sendable] = [:]
  ) throws -> JSONFragment {
    var writer = JSONWriter()
    try encode(value, into: &writer, limits: limits, userInfo: userInfo)
    return JSONFragment(unchecked: writer.bytes)
  }

  /// Encodes a value as the next one of a text. After an error the text is as before.
  ///
  /// - Parameters:
  ///   - value: the value
  ///   - writer: gets the value
  ///   - limits: the bounds of the nesting, counted from this value
  ///   - userInfo: passed to the value's own encoding
  /// - Throws: `EncodingError` when the value has no JSON form or is nested too deeply, or what its own encoding throws
  public static func encode(
    _ value: some Encodable, into writer: inout JSONWriter, limits: JSONLimits = .default,
    userInfo: [CodingUserInfoKey: any Sendable] = [:]
  ) throws {
    if let writable = value as? any JSONWritable {
      writable.write(to: &writer)
      return
    }
    writer.separate()
    let session = EncodingSession(limits: limits, userInfo: userInfo)
    let buffer = EncodingBuffer(session)
    try buffer.encode(value, path: nil, key: nil, depth: 0)
    if let failure = session.failure { throw failure }
    writer.bytes.append(contentsOf: buffer.assembled())
  }
}

/// What all encoders of one value share. It and they are used by one thread, during one call.
final class EncodingSession {
  let limits: JSONLimits
  let userInfo: [CodingUserInfoKey: any Sendable]
  /// A misuse found where the protocols do not let us throw; it is thrown at the end.
  var failure: EncodingError?

  init(limits: JSONLimits, userInfo: [CodingUserInfoKey: any Sendable]) {
    self.limits = limits
    self.userInfo = userInfo
  }
}

/// Bytes being written. A nested container that is handed out may be filled at any later time, so it gets a buffer of its own, and `null`
/// holds its place until the end.
final class EncodingBuffer {
  let session: EncodingSession
  var writer = JSONWriter()
  private var nested: [(place: Int, encoder: ValueEncoder)] = []

  init(_ session: EncodingSession) { self.session = session }

  func encode<T: Encodable>(_ value: T, path: CodingPath?, key: CodingPath.Step?, depth: Int) throws {
    do {
      if let standIn = try FoundationTypes.encode(value) { return standIn.write(to: &writer) }
    } catch {
      throw EncodingError.invalidValue(value, .init(codingPath: Self.keys(path, key), debugDescription: error.detail))
    }
    if let writable = value as? any JSONWritable { return writable.write(to: &writer) }
    guard depth < session.limits.maximumDepth else { throw tooDeep(value, path, key) }
    let encoder = ValueEncoder(buffer: self, path: key.map { CodingPath(path, $0) } ?? path, depth: depth + 1)
    try value.encode(to: encoder)
    encoder.close()
  }

  func tooDeep(_ value: Any, _ path: CodingPath?, _ key: CodingPath.Step?) -> EncodingError {
    let detail = "The value is nested more than \(session.limits.maximumDepth) levels deep."
    return EncodingError.invalidValue(value, .init(codingPath: Self.keys(path, key), debugDescription: detail))
  }

  private static func keys(_ path: CodingPath?, _ key: CodingPath.Step?) -> [any CodingKey] {
    CodingPath.keys(key.map { CodingPath(path, $0) } ?? path)
  }

  /// Makes the encoder of a nested container, which stands at the end of what is written now.
  func nest(path: CodingPath?, key: CodingPath.Step, depth: Int) -> ValueEncoder {
    writer.writeNull()
    let encoder = ValueEncoder(buffer: EncodingBuffer(session), path: CodingPath(path, key), depth: depth + 1)
    if depth >= session.limits.maximumDepth {
      // What is nested here is thrown away, so nothing may be nested in it for ever.
      if session.failure == nil { session.failure = tooDeep(JSONValue.null, path, key) }
    } else {
      nested.append((writer.bytes.count - 4, encoder))
    }
    return encoder
  }

  /// The bytes with those of nested containers in their places.
  func assembled() -> [UInt8] {
    guard !nested.isEmpty else { return writer.bytes }
    var bytes: [UInt8] = []
    var start = 0
    for (place, encoder) in nested {
      encoder.close()
      bytes += writer.bytes[start..<place]
      bytes += encoder.buffer.assembled()
      start = place + 4
    }
    return bytes + writer.bytes[start...]
  }
}
