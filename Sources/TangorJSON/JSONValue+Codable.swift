// The coders of JSONEncoding and JSONDecoding know these types and never come here; this is for coders of other formats.

extension JSONValue: Codable {
  /// - Throws: `DecodingError` when the coder's value has no JSON form
  public init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: CodingPath.Step.self) {
      var object = JSONObject()
      for key in container.allKeys { object.set(key.stringValue, try container.decode(JSONValue.self, forKey: key)) }
      self = .object(object)
      return
    }
    if var container = try? decoder.unkeyedContainer() {
      var elements: [JSONValue] = []
      while !container.isAtEnd { elements.append(try container.decode(JSONValue.self)) }
      self = .array(elements)
      return
    }
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(UInt64.self) {
      self = .bigNumber(String(value))
    } else if let value = try? container.decode(Double.self) {
      self = .double(value)
    } else {
      self = .string(try container.decode(String.self))
    }
  }

  /// Numbers beyond 64 bits become doubles here.
  ///
  /// - Throws: what the coder throws
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .array(let elements):
      var container = encoder.unkeyedContainer()
      for element in elements { try container.encode(element) }
      return
    case .object(let object):
      var container = encoder.container(keyedBy: CodingPath.Step.self)
      for (name, value) in object { try container.encode(value, forKey: CodingPath.Step(stringValue: name)) }
      return
    default: break
    }
    var container = encoder.singleValueContainer()
    switch self {
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .double(let value): try container.encode(value)
    case .bigNumber(let text):
      if let value = UInt64(text) { try container.encode(value) } else { try container.encode(Double(text)) }
    case .string(let value): try container.encode(value)
    case .null, .array, .object: try container.encodeNil()
    }
  }
}

extension JSONObject: Codable {
  /// - Throws: `DecodingError` when the coder's value is no object
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingPath.Step.self)
    self.init()
    for key in container.allKeys { set(key.stringValue, try container.decode(JSONValue.self, forKey: key)) }
  }

  /// - Throws: what the coder throws
  public func encode(to encoder: any Encoder) throws {
    try JSONValue.object(self).encode(to: encoder)
  }
}

extension JSONFragment: Codable {
  /// - Throws: `DecodingError` when the coder's value has no JSON form
  public init(from decoder: any Decoder) throws {
    self.init(try JSONValue(from: decoder))
  }

  /// - Throws: what the coder throws, or ``JSONError`` when the fragment was made of unchecked bytes that are invalid
  public func encode(to encoder: any Encoder) throws {
    try value().encode(to: encoder)
  }
}
