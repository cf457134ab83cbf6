import NIOCore
package import TangorCore
package import TangorJSON

/// The JSON that the doors give out.
enum StreamAnswer {
  /// `{"finished": false, "data": …}` for a pull over HTTP.
  ///
  /// - Parameters:
  ///   - asArray: Whether the query asked for several values.
  ///   - index: The position to add, for pulls that named one.
  ///   - progress: The progress to add.
  static func values(_ values: PulledValues, asArray: Bool, index: Int?, progress: Progress?) -> ByteBuffer {
    let size = values.rest.reduce(values.first.json.bytes.count) { $0 + $1.json.bytes.count + 2 }
    var buffer = ByteBuffer()
    buffer.reserveCapacity(size + (progress == nil ? 80 : 256))
    buffer.writeStaticString("{\"finished\": false, \"data\": ")
    if asArray { buffer.writeStaticString("[") }
    buffer.writeBytes(values.first.json.bytes)
    for value in values.rest {
      buffer.writeStaticString(", ")
      buffer.writeBytes(value.json.bytes)
    }
    if asArray { buffer.writeStaticString("]") }
    end(&buffer, index, progress)
    return buffer
  }

  /// `{"finished": true}`.
  static func finished(index: Int?) -> ByteBuffer {
    var buffer = ByteBuffer(staticString: "{\"finished\": true")
    end(&buffer, index, nil)
    return buffer
  }

  /// `{"finished": false, "pending": true}`.
  static func pending(index: Int?, progress: Progress?) -> ByteBuffer {
    var buffer = ByteBuffer(staticString: "{\"finished\": false, \"pending\": true")
    end(&buffer, index, progress)
    return buffer
  }

  private static func end(_ buffer: inout ByteBuffer, _ index: Int?, _ progress: Progress?) {
    if let index {
      buffer.writeStaticString(", \"index\": ")
      buffer.writeString(String(index))
    }
    if let progress {
      buffer.writeStaticString(", \"progress\": ")
      buffer.writeBytes(progress.json.bytes)
    }
    buffer.writeStaticString("}")
  }

  /// `{"key": "…"}`.
  static func key(_ key: Key) -> JSONFragment { JSONFragment(unchecked: Array("{\"key\": \"\(key)\"}".utf8)) }

  /// `["…", …]`.
  static func keys(_ keys: [Key]) -> JSONFragment {
    JSONFragment(unchecked: Array("[\(keys.map { "\"\($0)\"" }.joined(separator: ", "))]".utf8))
  }
}

extension Progress {
  /// The progress as it travels.
  var json: JSONFragment {
    var writer = JSONWriter()
    writer.beginObject()
    write(to: &writer)
    writer.endObject()
    return JSONFragment(unchecked: writer.bytes)
  }

  /// Writes the members of a progress into an object that is open.
  func write(to writer: inout JSONWriter) {
    writer.writeKey("completed")
    writer.write(completed)
    if let total {
      writer.writeKey("total")
      writer.write(total)
    }
    if let message {
      writer.writeKey("message")
      writer.write(message)
    }
  }
}

/// Makes the answer that gives a new stream's key.
package func streamKeyAnswer(_ key: Key) -> JSONFragment { StreamAnswer.key(key) }
