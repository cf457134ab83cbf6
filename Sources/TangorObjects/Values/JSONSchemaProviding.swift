public import TangorJSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A type that says which JSON its values are.
///
/// Descriptions of objects carry the schemas of their members. The types of the standard library that JSON knows conform; a structure of
/// one's own may, and has the schema `{}` otherwise, which allows everything.
public protocol JSONSchemaProviding {
  /// A JSON Schema (2020-12).
  static var jsonSchema: JSONFragment { get }
}

extension JSONFragment {
  /// The schema that allows everything.
  package static let anySchema = JSONFragment(unchecked: Array("{}".utf8))

  init(schemaOfType name: String) { self.init(unchecked: Array("{\"type\":\"\(name)\"}".utf8)) }

  /// The schema of a type, and `{}` where none is known.
  init(schemaOf type: Any.Type) {
    if let type = type as? any JSONSchemaProviding.Type {
      self = type.jsonSchema
    } else if type == Data.self {
      self.init(unchecked: Array(#"{"type":"string","contentEncoding":"base64"}"#.utf8))
    } else if type == Date.self {
      self.init(unchecked: Array(#"{"type":"string","format":"date-time"}"#.utf8))
    } else if type == URL.self {
      self.init(unchecked: Array(#"{"type":"string","format":"uri-reference"}"#.utf8))
    } else {
      self = .anySchema
    }
  }
}

extension Bool: JSONSchemaProviding { public static var jsonSchema: JSONFragment { JSONFragment(schemaOfType: "boolean") } }
extension String: JSONSchemaProviding { public static var jsonSchema: JSONFragment { JSONFragment(schemaOfType: "string") } }
extension Double: JSONSchemaProviding { public static var jsonSchema: JSONFragment { JSONFragment(schemaOfType: "number") } }
extension Float: JSONSchemaProviding { public static var jsonSchema: JSONFragment { JSONFragment(schemaOfType: "number") } }

extension JSONSchemaProviding where Self: FixedWidthInteger {
  /// A whole number; with its bounds where a number of JavaScript could lie beyond them.
  public static var jsonSchema: JSONFragment {
    guard Self.bitWidth < 64 else { return JSONFragment(schemaOfType: "integer") }
    return JSONFragment(unchecked: Array("{\"type\":\"integer\",\"minimum\":\(Self.min),\"maximum\":\(Self.max)}".utf8))
  }
}

extension Int: JSONSchemaProviding {}
extension Int8: JSONSchemaProviding {}
extension Int16: JSONSchemaProviding {}
extension Int32: JSONSchemaProviding {}
extension Int64: JSONSchemaProviding {}
extension UInt: JSONSchemaProviding {}
extension UInt8: JSONSchemaProviding {}
extension UInt16: JSONSchemaProviding {}
extension UInt32: JSONSchemaProviding {}
extension UInt64: JSONSchemaProviding {}

extension Optional: JSONSchemaProviding {
  public static var jsonSchema: JSONFragment {
    var writer = JSONWriter()
    writer.beginObject()
    writer.writeKey("anyOf")
    writer.beginArray()
    writer.write(JSONFragment(schemaOf: Wrapped.self))
    writer.write(JSONFragment(schemaOfType: "null"))
    writer.endArray()
    writer.endObject()
    return JSONFragment(unchecked: writer.bytes)
  }
}

extension Array: JSONSchemaProviding {
  public static var jsonSchema: JSONFragment {
    var writer = JSONWriter()
    writer.beginObject()
    writer.writeKey("type")
    writer.write("array")
    writer.writeKey("items")
    writer.write(JSONFragment(schemaOf: Element.self))
    writer.endObject()
    return JSONFragment(unchecked: writer.bytes)
  }
}

extension Dictionary: JSONSchemaProviding where Key == String {
  public static var jsonSchema: JSONFragment {
    var writer = JSONWriter()
    writer.beginObject()
    writer.writeKey("type")
    writer.write("object")
    writer.writeKey("additionalProperties")
    writer.write(JSONFragment(schemaOf: Value.self))
    writer.endObject()
    return JSONFragment(unchecked: writer.bytes)
  }
}
