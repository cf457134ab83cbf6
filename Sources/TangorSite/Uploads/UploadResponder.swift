import HTTPTypes
package import Hummingbird
import NIOCore
import TangorCore
import TangorJSON
package import TangorServing

/// Takes files into the folders that are configured for it.
///
/// - `PUT` and `POST` of a name store the body; `POST` of the folder stores the files of a form, or begins a resumable upload (tus).
/// - `GET` of the folder lists the names. A file is served only where the site serves the folder too.
package struct UploadResponder<Context: ChannelRequestContext>: PathResponder {
  let registry: UploadRegistry
  let files: FileResponder
  let basePath: String
  private let folders: [UploadFolder]

  /// Opens the folders. Blocks.
  ///
  /// - Parameters:
  ///   - registry: Who is told of uploads; its configuration names the folders.
  ///   - basePath: What stands before every path of the server.
  ///   - files: Who serves the site's files: its threads write, and its cache forgets what is replaced.
  /// - Throws: `TangorError` with words for the person who starts the server, when a folder cannot be used.
  package init(_ registry: UploadRegistry, basePath: String = "", files: FileResponder) throws {
    self.registry = registry
    self.basePath = basePath == "/" ? "" : basePath
    self.files = files
    // The longest route first, so that one below another is reached.
    folders = try registry.open().sorted { $0.segments.count > $1.segments.count }
  }

  /// What holds for the body of a request, by its method and URI; nil when it is none for an upload.
  package func bodyTerms(method: String, uri: String) -> BodyTerms? {
    guard ["PUT", "POST", "PATCH"].contains(method), uri.utf8.starts(with: basePath.utf8) else { return nil }
    let path = uri.dropFirst(basePath.count).prefix { $0 != "?" }
    let isUpload = folders.contains {
      path.hasPrefix($0.route) && (path.count == $0.route.count || path.dropFirst($0.route.count).first == "/")
    }
    return isUpload ? BodyTerms(idleTimeout: registry.configuration.idleTimeout) : nil
  }

  /// Answers a request, or gives nil when it is not for a folder of uploads, or reads a file in one.
  ///
  /// - Throws: `TangorError`; docs/uploads.md lists them.
  package func respond(to request: Request, at path: Substring, context: Context) async throws -> Response? {
    guard !folders.isEmpty else { return nil }
    let reads = request.method == .get || request.method == .head
    guard let place = ResourcePath(raw: String(path)) else {
      guard !reads, folders.contains(where: { path.hasPrefix($0.route + "/") }) else { return nil }
      throw TangorError(
        .invalidParameters, "This path names no file: \(request.uri.path.prefix(200)). A name is one element of at most 255 bytes.")
    }
    guard let folder = folders.first(where: { place.segments.starts(with: $0.segments) { $0.utf8.elementsEqual($1.utf8) } }) else {
      return nil
    }
    let rest = place.segments.dropFirst(folder.segments.count)
    if rest.isEmpty { return try await collection(folder, request, context) }
    if rest.first == ".tus", rest.count == 2, let key = rest.last { return try await resumable(folder, key, request, context) }
    switch request.method {
    case .get, .head: return nil
    case .put, .post:
      guard rest.count == 1, !place.isDirectory, let name = rest.first else {
        throw TangorError(.invalidParameters, "Files are stored right in \(folder.route): folders are not made below it.")
      }
      return try await store(UploadName(name), in: folder, request, context)
    case .options: return Response(status: .noContent, headers: [.allow: "GET, HEAD, PUT, POST, OPTIONS"])
    default: throw TangorError.methodNotAllowed(request.method, allowed: ["GET", "HEAD", "PUT", "POST"])
    }
  }

  private func collection(_ folder: UploadFolder, _ request: Request, _ context: Context) async throws -> Response {
    switch request.method {
    case .get, .head: return try await list(folder, request)
    case .options: return tusOptions(folder)
    case .post:
      if request.headers[.tusResumable] != nil { return try await create(folder, request, context) }
      let type = request.headers[.contentType] ?? ""
      guard let parser = MultipartParser(contentType: type) else {
        throw TangorError(
          .unsupportedMediaType,
          "Files come here as multipart/form-data with a boundary, or by tus; the content of one file is put to "
            + "\(folder.route)/ and its name.")
      }
      return try await store(form: parser, in: folder, request, context)
    default: throw TangorError.methodNotAllowed(request.method, allowed: ["GET", "HEAD", "POST"])
    }
  }

  // MARK: Listing

  private func list(_ folder: UploadFolder, _ request: Request) async throws -> Response {
    guard registry.configuration.rules.areNamesListed else {
      throw TangorError(.forbidden, "The names of the files here are not listed.")
    }
    let isVerbose = request.uri.queryParameters["verbose"] != nil
    let entries = try await files.offLoop { try folder.list() }
    var writer = JSONWriter()
    writer.beginArray()
    for entry in entries {
      guard isVerbose else {
        writer.write(entry.name)
        continue
      }
      writer.beginObject()
      writer.writeKey("name")
      writer.write(entry.name)
      writer.writeKey("size")
      writer.write(entry.size)
      writer.writeKey("modified")
      writer.write(HTTPDate(seconds: entry.modified).timestamp)
      writer.endObject()
    }
    writer.endArray()
    var response = json(writer, .ok)
    if request.method == .head {
      response.headers[.contentLength] = String(writer.bytes.count)
      response.body = .init()
    }
    return response
  }

  // MARK: Answers

  /// Where a file is, as a client asks for it.
  func url(of name: String, in folder: UploadFolder) -> String { basePath + folder.route + "/" + ResourcePath.encoded(name) }

  func write(_ stored: UploadDraft.Stored, in folder: UploadFolder, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.writeKey("name")
    writer.write(stored.name)
    writer.writeKey("size")
    writer.write(stored.size)
    writer.writeKey("url")
    writer.write(url(of: stored.name, in: folder))
    writer.endObject()
  }

  func json(_ writer: JSONWriter, _ status: HTTPResponse.Status) -> Response {
    Response(
      status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
      body: .init(byteBuffer: ByteBuffer(bytes: writer.bytes)))
  }
}
