import HTTPTypes
import Hummingbird
import NIOCore
import TangorCore
import TangorServing

// Resumable uploads by tus 1.0: core, creation, creation-with-upload, expiration, checksum and termination.

extension UploadResponder {
  private static var version: String { "1.0.0" }
  private static var chunkType: String { "application/offset+octet-stream" }

  /// What the server can do.
  func tusOptions(_ folder: UploadFolder) -> Response {
    Response(
      status: .noContent,
      headers: [
        .allow: "GET, HEAD, POST, OPTIONS", .tusResumable: Self.version, .tusVersion: Self.version,
        .tusExtension: "creation,creation-with-upload,expiration,checksum,termination",
        .tusMaxSize: String(registry.configuration.maximumSize.bytes), .tusChecksumAlgorithm: TusChecksum.algorithms,
      ])
  }

  /// Begins an upload.
  func create(_ folder: UploadFolder, _ request: Request, _ context: Context) async throws -> Response {
    try await answering(request, context) {
      guard request.headers[.uploadDeferLength] == nil, let length = request.headers[.uploadLength].flatMap(Self.count) else {
        throw TangorError(.invalidRequest, "Upload-Length has to tell the file's length in bytes.")
      }
      guard let metadata = TusMetadata(request.headers[.uploadMetadata]), let fileName = metadata.fileName else {
        throw TangorError(.invalidRequest, "Upload-Metadata has to tell the file's name, as in 'filename d29ybGQucG5n'.")
      }
      let raw = request.headers[.uploadMetadata] ?? ""
      guard raw.utf8.count <= 8_192 else { throw TangorError(.payloadTooLarge, "Upload-Metadata is longer than 8,192 bytes.") }
      let upload = TusUpload(key: Key(), name: try UploadName(fileName), length: length, metadata: raw)
      try await files.offLoop { try folder.make(upload) }
      let bringsData = request.headers[.contentType]?.lowercased() == Self.chunkType
      var response: Response
      if bringsData || length == 0 {
        do {
          response = try await append(upload.key, at: 0, in: folder, request, context)
        } catch {
          // The client does not know the upload yet, so nobody would go on with it.
          if !(error is CancellationError) { try? await files.offLoop { try folder.forget(upload.key) } }
          throw error
        }
      } else {
        response = try await standing(upload.key, in: folder)
      }
      response.status = .created
      response.headers[.location] = basePath + folder.route + "/.tus/" + upload.key.description
      return response
    }
  }

  /// Answers a request to an upload.
  func resumable(_ folder: UploadFolder, _ key: String, _ request: Request, _ context: Context) async throws -> Response {
    try await answering(request, context) {
      let method = request.method == .post ? request.headers[.methodOverride].flatMap { .init($0.uppercased()) } ?? .post : request.method
      guard let key = Key(key) else { throw TusUpload.missing }
      switch method {
      case .options:
        var response = tusOptions(folder)
        response.headers[.allow] = "HEAD, PATCH, DELETE, OPTIONS"
        return response
      case .head:
        var response = try await standing(key, in: folder)
        let upload = try await files.offLoop { try TusUpload.position(of: key, in: folder).upload }
        response.status = .ok
        response.headers[.uploadLength] = String(upload.length)
        if !upload.metadata.isEmpty { response.headers[.uploadMetadata] = upload.metadata }
        return response
      case .patch:
        guard request.headers[.contentType]?.lowercased() == Self.chunkType else {
          throw TangorError(.unsupportedMediaType, "The bytes of an upload come as \(Self.chunkType).")
        }
        guard let offset = request.headers[.uploadOffset].flatMap(Self.count) else {
          throw TangorError(.invalidRequest, "Upload-Offset has to tell where the bytes belong.")
        }
        return try await append(key, at: offset, in: folder, request, context)
      case .delete:
        try await files.offLoop { try folder.forget(key) }
        return Response(status: .noContent)
      default: throw TangorError.methodNotAllowed(method, allowed: ["HEAD", "PATCH", "DELETE"])
      }
    }
  }

  /// Writes the body behind what is there. What came before a connection broke is kept.
  private func append(
    _ key: Key, at offset: Int, in folder: UploadFolder, _ request: Request, _ context: Context
  ) async throws -> Response {
    var checksum = try request.headers[.uploadChecksum].map { try TusChecksum($0) }
    let announced = request.headers[.contentLength].flatMap { Int($0) }
    return try await registry.whileReceiving {
      guard let draft = try await files.offLoop({ try TusUpload.resume(key, at: offset, in: folder) }) else {
        return try await standing(key, in: folder)
      }
      if let announced, announced > draft.limit - offset {
        throw TangorError(.payloadTooLarge, "The upload is to have \(draft.limit) bytes; these would be more.")
      }
      var writer = UploadWriter(draft, registry, files)
      do {
        let incoming = await IncomingBody(on: context.channel)
        do {
          for try await buffer in request.body {
            checksum?.update(buffer)
            try await writer.write(buffer)
          }
        } catch  where !(error is TangorError) && checksum == nil {
          try await writer.flush()
          throw error
        }
        try await writer.flush()
        try await checkWhole(draft.written - offset, of: announced, incoming)
        try checksum?.check()
        if draft.written == draft.total {
          _ = try await writer.finish()
          try await files.offLoop { try folder.open().touch(TusUpload.recordName(key)) }
        } else {
          try await files.offLoop { try draft.sync() }
        }
      } catch {
        await settle(draft, after: error, offset, isChecked: checksum != nil, in: folder)
        await writer.fail(error)
        throw TangorError.ofUpload(error)
      }
      return try await standing(key, in: folder)
    }
  }

  /// Leaves an upload that failed as it has to be: cut back where bytes were wrong, or gone where it can never be finished.
  private func settle(_ draft: UploadDraft, after error: any Error, _ offset: Int, isChecked: Bool, in folder: UploadFolder) async {
    let code = (error as? TangorError)?.code
    await files.cleanUp {
      switch code {
      case .unsupportedMediaType, .forbidden, .fileExists:
        if let key = Key(draft.id), let place = try? folder.open() { TusUpload.remove(key, in: place) }
        draft.remove()
      case .checksumMismatch, .payloadTooLarge: try? draft.cut(to: offset)
      default: if isChecked { try? draft.cut(to: offset) } else { try? draft.sync() }
      }
    }
  }

  /// Where an upload stands, as an answer.
  private func standing(_ key: Key, in folder: UploadFolder) async throws -> Response {
    let position = try await files.offLoop { try TusUpload.position(of: key, in: folder) }
    return Response(
      status: .noContent,
      headers: [
        .uploadOffset: String(position.offset), .uploadExpires: position.expires.description, .cacheControl: "no-store",
      ])
  }

  /// Checks the version, and puts the protocol's own headers on the answer, good or bad.
  private func answering(_ request: Request, _ context: Context, _ answer: () async throws -> Response) async throws -> Response {
    var response: Response
    do {
      if request.method != .options, request.headers[.tusResumable] != Self.version {
        throw TangorError(.preconditionFailed, "Tus-Resumable has to be \(Self.version), the version that is spoken here.")
      }
      response = try await answer()
    } catch let error as TangorError {
      response = Problem(error, requestID: context.id).response(accept: request.headers[.accept])
      if error.code == .preconditionFailed { response.headers[.tusVersion] = Self.version }
      if request.method == .head { response.body = .init() }
    }
    response.headers[.tusResumable] = Self.version
    return response
  }

  /// A count as the protocol writes it: digits alone.
  private static func count(_ text: String) -> Int? {
    text.isEmpty || !text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? nil : Int(text)
  }
}

extension UploadFolder {
  /// Makes a resumable upload. Blocks.
  ///
  /// - Throws: `TangorError` when its file could not be stored, there is no room, or there are too many.
  func make(_ upload: TusUpload) throws {
    let place = try open()
    try check(upload.name, total: upload.length, in: place)
    let unfinished = try place.files().count { $0.name.hasPrefix(Self.hiddenPrefix) && $0.name.hasSuffix(".part") }
    guard unfinished < configuration.maximumUnfinished else {
      throw TangorError(
        .tooManyRequests, "As many uploads as may be are unfinished here; end some, or try again later.", retryAfter: .seconds(60))
    }
    try promise(upload.length, to: upload.key.description, in: place)
    do { try upload.make(in: place) } catch {
      release(upload.key.description)
      throw error
    }
  }

  /// Ends a resumable upload. Blocks.
  ///
  /// - Throws: `upload_not_found`, `upload_busy`.
  func forget(_ key: Key) throws {
    let place = try open()
    guard place.kind(of: TusUpload.recordName(key)) != nil else { throw TusUpload.missing }
    if let file = try place.reopen(TusUpload.dataName(key)), !file.lock() {
      throw TangorError(.uploadBusy, "Another request writes to this upload; try again when it has ended.", retryAfter: .seconds(1))
    }
    TusUpload.remove(key, in: place)
    release(key.description)
  }
}

extension HTTPField.Name {
  private static func literal(_ name: String) -> HTTPField.Name {
    // Literals that are valid field names.
    HTTPField.Name(name)!
  }

  static let tusResumable = literal("Tus-Resumable")
  static let tusVersion = literal("Tus-Version")
  static let tusExtension = literal("Tus-Extension")
  static let tusMaxSize = literal("Tus-Max-Size")
  static let tusChecksumAlgorithm = literal("Tus-Checksum-Algorithm")
  static let uploadOffset = literal("Upload-Offset")
  static let uploadLength = literal("Upload-Length")
  static let uploadDeferLength = literal("Upload-Defer-Length")
  static let uploadMetadata = literal("Upload-Metadata")
  static let uploadChecksum = literal("Upload-Checksum")
  static let uploadExpires = literal("Upload-Expires")
  static let methodOverride = literal("X-HTTP-Method-Override")
}
