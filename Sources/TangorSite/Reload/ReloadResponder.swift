import HTTPTypes
package import Hummingbird
import NIOCore
import TangorCore
import TangorJSON
package import TangorServing

/// `GET /tangor/reload`: server-sent events of what changed.
package struct ReloadResponder<Context: ChannelRequestContext>: PathResponder {
  private let reloader: Reloader
  private let basePath: String

  /// - Parameters:
  ///   - reloader: Who knows what changed.
  ///   - basePath: What stands before the paths that pages are told.
  package init(_ reloader: Reloader, basePath: String) {
    self.reloader = reloader
    self.basePath = basePath == "/" ? "" : basePath
  }

  /// Answers `/tangor/reload` and nothing else.
  ///
  /// - Throws: `method_not_allowed`, `too_many_requests`, `shutting_down`.
  package func respond(to request: Request, at path: Substring, context: Context) async throws -> Response? {
    // No route of its own: the router would then look for the client's files below `/tangor` there alone.
    guard path == "/tangor/reload" else { return nil }
    switch request.method {
    case .get: return try events(context)
    case .options: return Response(status: .noContent, headers: [.allow: "GET, OPTIONS"])
    default: throw TangorError.methodNotAllowed(request.method, allowed: ["GET"])
    }
  }

  private func events(_ context: Context) throws -> Response {
    try reloader.check()
    let channel = context.channel
    return Response(
      status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
      body: ResponseBody { [self] writer in
        let (messages, leave) = reloader.listen()
        defer { leave() }
        try await withDisconnectHandler(channel: channel, onGone: leave) {
          try await writer.write(ByteBuffer(string: "retry: 1000\nevent: ready\ndata: {\"boot\":\"\(reloader.boot)\"}\n\n"))
          for await message in messages { try await writer.write(text(message)) }
        }
        try await writer.finish(nil)
      })
  }

  private func text(_ message: Reloader.Message) -> ByteBuffer {
    switch message {
    case .nothing: return ByteBuffer(staticString: ":\n\n")
    case .changed(let paths):
      var writer = JSONWriter()
      writer.beginObject()
      writer.writeKey("paths")
      writer.beginArray()
      for path in paths { writer.write(basePath + path) }
      writer.endArray()
      writer.endObject()
      var buffer = ByteBuffer(string: "event: changed\ndata: ")
      buffer.writeBytes(writer.bytes)
      buffer.writeStaticString("\n\n")
      return buffer
    }
  }
}
