import HTTPTypes
package import Hummingbird
import NIOCore
import TangorJSON
package import TangorServing

/// What a directory holds, as a page for people or as JSON for programs.
package struct DirectoryListing: Sendable {
  /// The directory's path as the client knows it, below the base path.
  package let path: ResourcePath
  /// The entries, directories first, by name.
  package let entries: [OpenDirectory.Entry]
  /// Whether the directory holds no more than is shown.
  package let isComplete: Bool

  package init(path: ResourcePath, entries: [OpenDirectory.Entry], isComplete: Bool) {
    self.path = path
    self.isComplete = isComplete
    self.entries = entries.map { ($0, $0.name.lowercased()) }
      .sorted { left, right in
        if left.0.isDirectory != right.0.isDirectory { return left.0.isDirectory }
        return left.1 == right.1 ? left.0.name < right.0.name : left.1 < right.1
      }
      .map(\.0)
  }

  /// The answer to a GET or HEAD.
  package func response(to request: Request, cacheControl: String) -> Response {
    let asJSON = Self.prefersJSON(request.headers[values: .accept].joined(separator: ","))
    let body = asJSON ? ByteBuffer(bytes: json) : ByteBuffer(string: page)
    let headers: HTTPFields = [
      .contentType: asJSON ? "application/json" : "text/html; charset=utf-8", .contentLength: String(body.readableBytes),
      .cacheControl: cacheControl, .vary: "Accept", .xContentTypeOptions: "nosniff",
    ]
    return Response(status: .ok, headers: headers, body: request.method == .head ? .init() : .init(byteBuffer: body))
  }

  /// Whether an `Accept` likes JSON better than HTML; among equals a page is shown.
  static func prefersJSON(_ accept: String) -> Bool {
    // The most exact name that fits counts, as in `*/*;q=0.1, application/json`.
    var json: (exactness: Int, weight: Int) = (0, 0)
    var html: (exactness: Int, weight: Int) = (0, 0)
    for item in accept.split(separator: ",") {
      let parts = item.split(separator: ";").map { $0.trimmed }
      guard let name = parts.first?.lowercased() else { continue }
      let weight = QualityValue.thousandths(parts.dropFirst())
      func consider(_ best: inout (exactness: Int, weight: Int), _ exactness: Int) {
        if exactness > best.exactness { best = (exactness, weight) }
      }
      switch name {
      case "application/json": consider(&json, 3)
      case "text/html": consider(&html, 3)
      case "application/*": consider(&json, 2)
      case "text/*": consider(&html, 2)
      case "*/*":
        consider(&json, 1)
        consider(&html, 1)
      default: continue
      }
    }
    return json.weight > html.weight
  }

  /// `{"path", "entries": [{"name", "type", "size"?, "modified"}], "complete"}`
  var json: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.writeKey("path")
    writer.write(path.text)
    writer.writeKey("entries")
    writer.beginArray()
    for entry in entries {
      writer.beginObject()
      writer.writeKey("name")
      writer.write(entry.name)
      writer.writeKey("type")
      writer.write(entry.isDirectory ? "directory" : "file")
      if !entry.isDirectory {
        writer.writeKey("size")
        writer.write(entry.size)
      }
      writer.writeKey("modified")
      writer.write(entry.lastModified.timestamp)
      writer.endObject()
    }
    writer.endArray()
    writer.writeKey("complete")
    writer.write(isComplete)
    writer.endObject()
    return writer.bytes
  }
}
