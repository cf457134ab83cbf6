import HTTPTypes
import Hummingbird
import NIOCore
import TangorServing

extension SiteResponder {
  /// Answers with a page and, at its end, the script that reloads it.
  ///
  /// Such an answer is neither cached nor compressed nor given in parts: the page is another than the file.
  func reloading(_ entry: FileEntry, _ request: Request) async throws -> Response {
    let page: ByteBuffer
    switch entry.plain.content {
    case .memory(let buffer): page = buffer
    case .disk(let file):
      // No page is as large as that; a large file is sent as it is.
      guard file.metadata.size <= 16 << 20 else { return try files.response(entry, request: request) }
      page = try await files.offLoop { try file.read(0..<file.metadata.size) }
    }
    let script = "\n<script type=\"module\" src=\"\(basePath.htmlEscaped)/tangor/reload.js\"></script>\n"
    var body = ByteBufferAllocator().buffer(capacity: page.readableBytes + script.utf8.count)
    body.writeImmutableBuffer(page)
    body.writeString(script)
    var headers: HTTPFields = [
      .contentLength: String(body.readableBytes), .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
    ]
    headers[.contentType] = entry.plain.headers[.contentType]
    return Response(status: .ok, headers: headers, body: request.method == .head ? .init() : .init(byteBuffer: body))
  }
}

extension FileVariant {
  /// Whether a browser shows it as a page.
  var isPage: Bool { headers[.contentType]?.hasPrefix("text/html") == true }
}
