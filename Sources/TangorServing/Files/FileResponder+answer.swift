import HTTPTypes
package import Hummingbird
import NIOCore
import TangorCore

extension FileResponder {
  /// Answers with a file that was found.
  ///
  /// - Throws: `TangorError`: `precondition_failed`, or `range_not_satisfiable` with the file's length.
  package func response(_ entry: FileEntry, request: Request) throws -> Response {
    guard request.method == .get || request.method == .head else { return whole(entry.plain) }
    let conditions = RequestConditions(request.headers)
    let variant = entry.variant(for: conditions)
    if conditions.arePresent {
      let year = HTTPDate(seconds: FileSystem.now / 1_000_000_000).civil.year
      switch conditions.verdict(tag: variant.tag, lastModified: variant.lastModified, currentYear: year) {
      case .proceed: break
      case .notModified: return notModified(variant)
      case .failed:
        throw TangorError(.preconditionFailed, "The file is not in the state that the request depends on; ask for it anew.")
      }
      if request.method == .get, let range = conditions.range,
        conditions.rangeHolds(tag: variant.tag, lastModified: variant.lastModified, currentYear: year)
      {
        switch ByteRanges(parsing: range, size: variant.size, maximum: settings.maximumRanges) {
        case .whole: break
        case .unsatisfiable:
          throw TangorError(
            .rangeNotSatisfiable, "The file has \(variant.size) bytes; none of them lies in the ranges asked for.",
            completeLength: variant.size)
        case .parts(let parts): return parts.count == 1 ? part(parts[0], of: variant) : multipart(parts, of: variant)
        }
      }
    }
    return request.method == .head ? Response(status: .ok, headers: variant.headers) : whole(variant)
  }

  private func whole(_ variant: FileVariant) -> Response {
    Response(status: .ok, headers: variant.headers, body: body(of: variant, 0..<variant.size))
  }

  private func notModified(_ variant: FileVariant) -> Response {
    var headers = variant.headers
    headers[.contentType] = nil
    headers[.contentEncoding] = nil
    headers[.acceptRanges] = nil
    var response = Response(status: .notModified, headers: headers)
    response.headers[.contentLength] = nil
    return response
  }

  private func part(_ range: Range<Int>, of variant: FileVariant) -> Response {
    var headers = variant.headers
    headers[.contentLength] = String(range.count)
    headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(variant.size)"
    return Response(status: .partialContent, headers: headers, body: body(of: variant, range))
  }

  private func multipart(_ parts: [Range<Int>], of variant: FileVariant) -> Response {
    // 128 random bits do not stand in any file by chance, nor by the choice of who wrote it.
    let boundary = Key().description
    let type = variant.headers[.contentType] ?? "application/octet-stream"
    let heads = parts.map { part in
      ByteBuffer(
        string: "\r\n--\(boundary)\r\nContent-Type: \(type)\r\n"
          + "Content-Range: bytes \(part.lowerBound)-\(part.upperBound - 1)/\(variant.size)\r\n\r\n")
    }
    let tail = ByteBuffer(string: "\r\n--\(boundary)--\r\n")
    let length = zip(heads, parts).reduce(tail.readableBytes) { $0 + $1.0.readableBytes + $1.1.count }
    var headers = variant.headers
    headers[.contentType] = "multipart/byteranges; boundary=\(boundary)"
    headers[.contentLength] = String(length)
    let body = ResponseBody(contentLength: length) { writer in
      for (head, part) in zip(heads, parts) {
        try await writer.write(head)
        try await send(part, of: variant, to: &writer)
      }
      try await writer.write(tail)
      try await writer.finish(nil)
    }
    return Response(status: .partialContent, headers: headers, body: body)
  }

  private func body(of variant: FileVariant, _ range: Range<Int>) -> ResponseBody {
    if case .memory(let buffer) = variant.content {
      if range.count == buffer.readableBytes { return ResponseBody(byteBuffer: buffer) }
      return ResponseBody(byteBuffer: buffer.part(range))
    }
    return ResponseBody(contentLength: range.count) { writer in
      try await send(range, of: variant, to: &writer)
      try await writer.finish(nil)
    }
  }

  /// Sends a part, at most a chunk of it in memory. Each write waits until the client takes more.
  ///
  /// A file that changes meanwhile ends the response before its announced length, which closes the connection: the client sees
  /// that something is missing, and never bytes of two states in one.
  private func send(_ range: Range<Int>, of variant: FileVariant, to writer: inout any ResponseBodyWriter) async throws {
    switch variant.content {
    case .memory(let buffer):
      try await writer.write(buffer.part(range))
    case .disk(let file):
      var position = range.lowerBound
      while position < range.upperBound {
        let chunk = position..<min(position + settings.chunkSize, range.upperBound)
        try await writer.write(try await offLoop { try file.read(chunk) })
        position = chunk.upperBound
      }
    }
  }
}

extension RequestConditions {
  /// Whether there is anything beside the preferred coding to weigh.
  fileprivate var arePresent: Bool {
    ifNoneMatch != nil || range != nil || ifModifiedSince != nil || ifMatch != nil || ifUnmodifiedSince != nil
  }
}

extension ByteBuffer {
  fileprivate func part(_ range: Range<Int>) -> ByteBuffer {
    getSlice(at: readerIndex + range.lowerBound, length: range.count) ?? ByteBuffer()
  }
}
