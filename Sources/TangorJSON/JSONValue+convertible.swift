extension JSONValue: JSONConvertible {
  public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readValue() }

  public func write(to writer: inout JSONWriter) {
    switch self {
    case .null: writer.writeNull()
    case .bool(let value): writer.write(value)
    case .integer(let value): writer.write(integer: value)
    case .double(let value): writer.write(value)
    case .bigNumber(let text): Self.write(number: text, to: &writer)
    case .string(let value): writer.write(value)
    case .array(let elements):
      writer.beginArray()
      for element in elements { element.write(to: &writer) }
      writer.endArray()
    case .object(let object): object.write(to: &writer)
    }
  }

  /// Anybody can make a ``bigNumber(_:)`` of any text, so one that is not a number goes out as a string.
  private static func write(number text: String, to writer: inout JSONWriter) {
    let isNumber = try? JSONReader.read(text) { reader throws(JSONError) in
      let isNumber = try reader.peekKind() == .number
      return try reader.readRawValue().count == text.utf8.count && isNumber
    }
    if isNumber == true { writer.writeRaw(text.utf8) } else { writer.write(text) }
  }
}

extension JSONObject: JSONConvertible {
  public init(from reader: inout JSONReader) throws(JSONError) {
    guard try reader.peekKind() == .object, case .object(let object) = try reader.readValue() else { throw reader.mismatch("an object") }
    self = object
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    for (name, value) in self {
      writer.writeKey(name)
      value.write(to: &writer)
    }
    writer.endObject()
  }
}
