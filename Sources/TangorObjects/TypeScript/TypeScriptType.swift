package import TangorJSON

/// The TypeScript type of the values that a JSON Schema allows.
///
/// What the schema does not say, or says in keywords that are not known here, becomes `unknown`: a declaration never promises more than
/// the server does.
package struct TypeScriptType: Equatable {
  /// The type as it is written in a declaration.
  package let text: String
  /// Whether it stands in parentheses before `[]`.
  private let isUnion: Bool

  /// Schemas within schemas beyond this depth are `unknown`.
  private static let maxDepth = 16

  /// - Parameter schema: A JSON Schema; none for a value of which nothing is known.
  package init(schema: JSONValue?) { self.init(schema, depth: 0) }

  private init(_ text: String, isUnion: Bool = false) {
    self.text = text
    self.isUnion = isUnion
  }

  private static let unknown = Self("unknown")

  private init(_ schema: JSONValue?, depth: Int) {
    guard let schema = schema?.object, depth < Self.maxDepth else {
      self = .unknown
      return
    }
    let type = Self.withoutNull(schema, depth: depth)
    self = schema["nullable"]?.bool == true ? .union([type, Self("null")]) : type
  }

  private static func withoutNull(_ schema: JSONObject, depth: Int) -> Self {
    if let value = schema["const"] { return literal(value) }
    if let values = schema["enum"]?.array, !values.isEmpty { return union(values.map(literal)) }
    if let variants = (schema["anyOf"] ?? schema["oneOf"])?.array, !variants.isEmpty {
      return union(variants.map { Self($0, depth: depth + 1) })
    }
    if let names = schema["type"]?.array { return union(names.map { named($0.string, schema, depth: depth) }) }
    return named(schema["type"]?.string, schema, depth: depth)
  }

  private static func named(_ name: String?, _ schema: JSONObject, depth: Int) -> Self {
    switch name {
    case "integer", "number": Self("number")
    case "string": Self("string")
    case "boolean": Self("boolean")
    case "null": Self("null")
    case "array": array(schema, depth: depth)
    case "object": object(schema, depth: depth)
    default: schema["properties"] == nil ? unknown : object(schema, depth: depth)
    }
  }

  private static func array(_ schema: JSONObject, depth: Int) -> Self {
    if let elements = schema["prefixItems"]?.array {
      return Self("[" + elements.map { Self($0, depth: depth + 1).text }.joined(separator: ", ") + "]")
    }
    let element = Self(schema["items"], depth: depth + 1)
    return Self(element.isUnion ? "(\(element.text))[]" : "\(element.text)[]")
  }

  private static func object(_ schema: JSONObject, depth: Int) -> Self {
    guard let properties = schema["properties"]?.object, !properties.isEmpty else {
      return Self("Record<string, \(Self(schema["additionalProperties"], depth: depth + 1).text)>")
    }
    let required = Set((schema["required"]?.array ?? []).compactMap(\.string))
    let members = properties.map { name, value in
      "\(TypeScriptText.name(name))\(required.contains(name) ? "" : "?"): \(Self(value, depth: depth + 1).text)"
    }
    return Self("{ " + members.joined(separator: "; ") + " }")
  }

  private static func literal(_ value: JSONValue) -> Self {
    switch value {
    case .string(let text): Self(TypeScriptText.quoted(text))
    case .null: Self("null")
    case .bool(let bool): Self(String(bool))
    case .integer(let number): Self(String(number))
    case .double(let number) where number.isFinite: Self(String(number))
    default: unknown
    }
  }

  private static func union(_ types: [Self]) -> Self {
    var texts: [String] = []
    for type in types where !texts.contains(type.text) { texts.append(type.text) }
    if texts.contains("unknown") { return unknown }
    return texts.count == 1 ? Self(texts[0], isUnion: types[0].isUnion) : Self(texts.joined(separator: " | "), isUnion: true)
  }
}
