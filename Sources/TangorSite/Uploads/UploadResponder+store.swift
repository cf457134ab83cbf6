import HTTPTypes
import Hummingbird
import NIOCore
import TangorCore
import TangorJSON
import TangorServing

extension UploadResponder {
  /// Stores the body of a request as a file.
  func store(_ name: UploadName, in folder: UploadFolder, _ request: Request, _ context: Context) async throws -> Response {
    guard request.headers[.contentRange] == nil else {
      throw TangorError(.invalidRequest, "Parts of a file are not taken; a resumable upload (tus) can be continued.")
    }
    try checkCoding(request)
    if HeaderParameters(request.headers[.contentType] ?? "").value.lowercased().hasPrefix("multipart/") {
      throw TangorError(.unsupportedMediaType, "Forms are posted to \(folder.route); here the body is the file's content as it is.")
    }
    let total = request.headers[.contentLength].flatMap { Int($0) }
    let stored = try await registry.whileReceiving {
      let draft = try await files.offLoop { try folder.begin(name, total: total) }
      var writer = UploadWriter(draft, registry, files)
      do {
        let incoming = await IncomingBody(on: context.channel)
        for try await buffer in request.body { try await writer.write(buffer) }
        try await writer.flush()
        try await checkWhole(draft.written, of: total, incoming)
        return try await writer.finish()
      } catch {
        await writer.fail(error)
        throw TangorError.ofUpload(error)
      }
    }
    var json = JSONWriter()
    write(stored, in: folder, to: &json)
    var response = self.json(json, stored.isNew ? .created : .ok)
    response.headers[.location] = url(of: stored.name, in: folder)
    return response
  }

  /// Stores the files of a form: all of them, or none when one is refused.
  func store(form parser: MultipartParser, in folder: UploadFolder, _ request: Request, _ context: Context) async throws -> Response {
    try checkCoding(request)
    let total = request.headers[.contentLength].flatMap { Int($0) }
    let configuration = registry.configuration
    if let total, total > Self.largestForm(configuration) {
      throw TangorError(.payloadTooLarge, "The form is larger than all the files that it may bring.")
    }
    let stored = try await registry.whileReceiving {
      var form = FormReception(parser, folder, registry, files)
      do {
        let incoming = await IncomingBody(on: context.channel)
        var size = 0
        for try await buffer in request.body {
          size += buffer.readableBytes
          guard size <= Self.largestForm(configuration) else {
            throw TangorError(.payloadTooLarge, "The form is larger than all the files that it may bring.")
          }
          try await form.take(buffer)
        }
        try await checkWhole(size, of: total, incoming)
        return try await form.finish()
      } catch {
        await form.fail(error)
        throw TangorError.ofUpload(error)
      }
    }
    var json = JSONWriter()
    json.beginArray()
    for file in stored { write(file, in: folder, to: &json) }
    json.endArray()
    return self.json(json, stored.contains { $0.isNew } ? .created : .ok)
  }

  /// What no form with as many files as may be exceeds, in bytes.
  private static func largestForm(_ configuration: UploadConfiguration) -> Int {
    let perFile = configuration.maximumSize.bytes.addingReportingOverflow(MultipartParser.maximumHead)
    let all = perFile.partialValue.multipliedReportingOverflow(by: configuration.maximumFiles + 1)
    return perFile.overflow || all.overflow ? .max : all.partialValue
  }

  private func checkCoding(_ request: Request) throws {
    let coding = request.headers[.contentEncoding]?.lowercased() ?? "identity"
    guard coding == "identity" else {
      throw TangorError(.unsupportedMediaType, "Files are stored as they come; send them without Content-Encoding.")
    }
  }

  /// A body that broke off must not be taken for a whole one.
  func checkWhole(_ count: Int, of total: Int?, _ body: IncomingBody) async throws {
    let isWhole: Bool
    if let total { isWhole = count == total } else { isWhole = !(await body.wasCut()) }
    guard isWhole else { throw TangorError(.canceled, "The upload broke off.") }
  }
}
