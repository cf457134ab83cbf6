extension JSONReader {
  /// An error at the reader's place, for `JSONReadable` types that find a value wrong.
  ///
  /// - Parameters:
  ///   - kind: what went wrong
  ///   - detail: what was expected or found, as a clause without a full stop
  @inline(never)
  public func failure(_ kind: JSONError.Kind, _ detail: String) -> JSONError {
    JSONError(kind, at: cursor - start, detail)
  }

  /// The error for a member that an object lacks.
  ///
  /// - Parameter name: the member's name
  @inline(never)
  public func missingMember(_ name: String) -> JSONError {
    failure(.missingMember, "the object before this place needs a member \"\(name)\"")
  }

  /// The error for something other than `expected` at the reader's place: the end, another kind of value, or no value at all.
  @usableFromInline @inline(never)
  func mismatch(_ expected: String) -> JSONError {
    guard cursor < end else { return failure(.unexpectedEnd, "expected \(expected)") }
    let kind: JSONKind
    switch cursor.pointee {
    case ASCII.quote: kind = .string
    case ASCII.openBrace: kind = .object
    case ASCII.openBracket: kind = .array
    case 0x30...0x39, ASCII.minus: kind = .number
    case 0x74, 0x66: kind = .bool
    case 0x6E: kind = .null
    default: return failure(.unexpectedCharacter, "expected \(expected), found \(describeByte())")
    }
    return failure(.typeMismatch, "expected \(expected), found \(kind.phrase)")
  }

  /// The error for a byte that is none of the grammar's choices here.
  @usableFromInline @inline(never)
  func unexpected(_ expected: String) -> JSONError {
    guard cursor < end else { return failure(.unexpectedEnd, "expected \(expected)") }
    return failure(.unexpectedCharacter, "expected \(expected), found \(describeByte())")
  }

  /// The byte at the reader's place in words; the caller has checked that there is one.
  @usableFromInline @inline(never)
  func describeByte() -> String {
    let byte = cursor.pointee
    if byte > 0x20, byte < 0x7F { return "'\(Character(Unicode.Scalar(byte)))'" }
    if byte == 0xEF, end - cursor >= 3, cursor[1] == 0xBB, cursor[2] == 0xBF { return "a byte order mark" }
    let digits = String(byte, radix: 16, uppercase: true)
    return "the byte 0x\(digits.count == 1 ? "0" : "")\(digits)"
  }
}
