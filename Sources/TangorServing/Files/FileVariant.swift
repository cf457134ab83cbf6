package import HTTPTypes
package import NIOCore

/// One representation of a file, with the fields that its answers carry made ready.
package struct FileVariant: Sendable {
  /// Where the bytes are.
  package enum Content: Sendable {
    case memory(ByteBuffer)
    case disk(OpenFile)
  }

  package let metadata: FileMetadata
  package let tag: EntityTag
  /// When the file last changed; nil where that is not known.
  package let lastModified: HTTPDate?
  package let content: Content
  package let coding: ContentCoding?
  /// The fields of a whole answer, with `Content-Length`.
  package let headers: HTTPFields

  /// - Parameters:
  ///   - metadata: The state of the file.
  ///   - tag: The validator of that state.
  ///   - content: The bytes, or where they are.
  ///   - contentType: The media type of what the bytes decode to.
  ///   - cacheControl: The `Cache-Control` of the answer.
  ///   - lastModified: When the file last changed, where that is known.
  ///   - coding: How the bytes are compressed.
  ///   - varies: Whether the same URL has differently compressed answers.
  package init(
    metadata: FileMetadata, tag: EntityTag, content: Content, contentType: String, cacheControl: String,
    lastModified: HTTPDate?, coding: ContentCoding? = nil, varies: Bool = false
  ) {
    self.metadata = metadata
    self.tag = tag
    self.content = content
    self.coding = coding
    self.lastModified = lastModified
    var headers = HTTPFields()
    headers.reserveCapacity(9)
    headers[.contentType] = contentType
    headers[.contentLength] = String(metadata.size)
    if let coding { headers[.contentEncoding] = coding.rawValue }
    headers[.eTag] = tag.description
    headers[.lastModified] = lastModified?.description
    // Parts are cut from the plain bytes alone.
    if coding == nil { headers[.acceptRanges] = "bytes" }
    headers[.cacheControl] = cacheControl
    if varies { headers[.vary] = "Accept-Encoding" }
    headers[.xContentTypeOptions] = "nosniff"
    self.headers = headers
  }

  package var size: Int { metadata.size }

  /// The bytes in memory; none when they are on disk.
  package var bytesInMemory: Int {
    switch content {
    case .memory(let buffer): buffer.readableBytes
    case .disk: 0
    }
  }
}
