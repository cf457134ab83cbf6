import Tangor

/// What `/hello` answers.
struct Hello: JSONWritable {
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.writeKey("message")
    writer.write("Hello, World!")
    writer.writeKey("n")
    writer.write(1234)
    writer.endObject()
  }
}
