// Conformances of the standard library's types.

extension Bool: JSONConvertible {
  @inlinable public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readBool() }
  @inlinable public func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension String: JSONConvertible {
  @inlinable public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readString() }
  @inlinable public func write(to writer: inout JSONWriter) { writer.append(self, isKey: false) }
}

extension Double: JSONConvertible {
  @inlinable public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readDouble() }
  @inlinable public func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension Float: JSONConvertible {
  @inlinable public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readFloat() }
  @inlinable public func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension Int: JSONConvertible {
  @inlinable public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readInteger() }
  @inlinable public func write(to writer: inout JSONWriter) { writer.write(integer: self) }
}

extension Int8: JSONConvertible {
  @inlinable public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readInteger() }
  @inlinable public func write(to writer: inout JSONWriter) { writer.write(integer: self) }
}

extension Int16: JSONConvertible {
  @inlinable public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readInteger() }
  @inlinable public func write(to writer: inout JSONWriter) { writer.write(integer: self) }
}

extension Int32: JSONConvertible {
  @inlinable public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readInteger() }
  @inlinable public func write(to writer: inout JSONWriter) { writer.write(integer: self) }
}

extension Int64: JSONConvertible {
  @inlinable public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readInteger() }
  @inlinable public func write(to writer: inout JSONWriter) { writer.write(integer: self) }
}

extension UInt: JSONConvertible {
  @inlinable public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readInteger() }
  @inlinable public func write(to writer: inout JSONWriter) { writer.write(integer: self) }
}

extension UInt8: JSONConvertible {
  @inlinable public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readInteger() }
  @inlinable public func write(to writer: inout JSONWriter) { writer.write(integer: self) }
}

extension UInt16: JSONConvertible {
  @inlinable public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readInteger() }
  @inlinable public func write(to writer: inout JSONWriter) { writer.write(integer: self) }
}

extension UInt32: JSONConvertible {
  @inlinable public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readInteger() }
  @inlinable public func write(to writer: inout JSONWriter) { writer.write(integer: self) }
}

extension UInt64: JSONConvertible {
  @inlinable public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readInteger() }
  @inlinable public func write(to writer: inout JSONWriter) { writer.write(integer: self) }
}

extension Optional: JSONReadable where Wrapped: JSONReadable {
  @inlinable public init(from reader: inout JSONReader) throws(JSONError) {
    self = try reader.readNull() ? nil : Wrapped(from: &reader)
  }
}

extension Optional: JSONWritable where Wrapped: JSONWritable {
  @inlinable public func write(to writer: inout JSONWriter) {
    if let self { self.write(to: &writer) } else { writer.writeNull() }
  }
}

extension Array: JSONReadable where Element: JSONReadable {
  @inlinable public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginArray()
    while try reader.nextElement() { append(try Element(from: &reader)) }
  }
}

extension Array: JSONWritable where Element: JSONWritable {
  @inlinable public func write(to writer: inout JSONWriter) {
    writer.beginArray()
    for element in self { element.write(to: &writer) }
    writer.endArray()
  }
}

extension Dictionary: JSONReadable where Key == String, Value: JSONReadable {
  /// Of members with the same name the last one stays.
  @inlinable public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextKey() { self[key.string] = try Value(from: &reader) }
  }
}

extension Dictionary: JSONWritable where Key == String, Value: JSONWritable {
  @inlinable public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    for (name, value) in self {
      writer.writeKey(name)
      value.write(to: &writer)
    }
    writer.endObject()
  }
}
