import TangorCore
package import TangorJSON

extension ProgramLog.Page: JSONWritable {
  /// The most lines that are told at once.
  static let largest = 1_000

  package func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.writeKey("lines")
    writer.beginArray()
    for line in lines { line.write(to: &writer) }
    writer.endArray()
    writer.writeKey("next")
    writer.write(next)
    writer.writeKey("finished")
    writer.write(isFinished)
    writer.endObject()
  }

  /// The page as JSON.
  var json: JSONFragment {
    var writer = JSONWriter()
    write(to: &writer)
    return JSONFragment(unchecked: writer.bytes)
  }
}

extension ProgramLine: JSONWritable {
  package func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.writeKey("index")
    writer.write(index)
    writer.writeKey("stream")
    writer.write(stream.rawValue)
    writer.writeKey("text")
    writer.write(text)
    writer.endObject()
  }
}
