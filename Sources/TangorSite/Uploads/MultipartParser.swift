import Glibc
import NIOCore
import TangorCore

/// Reads `multipart/form-data` (RFC 7578) as it comes, in whatever pieces, and keeps no more than the head of a part.
struct MultipartParser {
  /// What has been read.
  enum Event: Sendable, Hashable {
    /// A part begins. The file's name is nil for a plain field.
    case begin(field: String, fileName: String?)
    /// More of the part's content.
    case data(ByteBuffer)
    /// The part has ended.
    case end
  }

  private enum Phase { case preamble, delimiter, head, content, epilogue }

  /// The longest head of a part, in bytes.
  static let maximumHead = 16_384

  private let mark: [UInt8]
  private var phase = Phase.preamble
  private var rest: ByteBuffer

  /// - Parameter contentType: The request's `Content-Type`.
  /// - Returns: Nil when it is no form, or has no proper boundary.
  init?(contentType: String) {
    let parameters = HeaderParameters(contentType)
    guard parameters.value.lowercased() == "multipart/form-data", let boundary = parameters["boundary"],
      (1...70).contains(boundary.utf8.count), boundary.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }), boundary.utf8.last != 0x20
    else { return nil }
    mark = Array("\r\n--\(boundary)".utf8)
    // The first boundary may stand at the very beginning, without a line before it.
    rest = ByteBuffer(string: "\r\n")
  }

  /// Whether the closing boundary has come.
  var isComplete: Bool { phase == .epilogue }

  /// Takes the next piece.
  ///
  /// - Throws: `TangorError`: `invalid_request` for what is no form.
  mutating func feed(_ piece: ByteBuffer) throws -> [Event] {
    var buffer: ByteBuffer
    if rest.readableBytes == 0 {
      buffer = piece
    } else {
      buffer = rest
      buffer.writeImmutableBuffer(piece)
    }
    var events: [Event] = []
    while try step(&buffer, &events) {}
    // A copy, so that the pieces given out do not share memory with what goes on growing.
    rest = ByteBuffer(bytes: buffer.readableBytesView)
    return events
  }

  /// Takes one step; false when it needs more bytes for the next.
  private mutating func step(_ buffer: inout ByteBuffer, _ events: inout [Event]) throws -> Bool {
    switch phase {
    case .preamble, .content:
      let found = Self.index(of: mark, in: buffer)
      let count = found ?? Self.harmless(buffer, mark)
      if count > 0, let data = buffer.readSlice(length: count), phase == .content { events.append(.data(data)) }
      guard found != nil else { return false }
      buffer.moveReaderIndex(forwardBy: mark.count)
      if phase == .content { events.append(.end) }
      phase = .delimiter
    case .delimiter:
      // Behind a boundary: two dashes for the end, else spaces up to the end of the line.
      let view = buffer.readableBytesView
      guard let first = view.first else { return false }
      if first == UInt8(ascii: "-") {
        guard view.count >= 2 else { return false }
        guard view[view.startIndex + 1] == UInt8(ascii: "-") else { throw Self.malformed("a boundary ends oddly") }
        phase = .epilogue
      } else {
        guard let end = Self.index(of: [13, 10], in: buffer) else {
          guard view.count <= 128 else { throw Self.malformed("a boundary ends oddly") }
          return false
        }
        guard view.prefix(end).allSatisfy({ $0 == 32 || $0 == 9 }) else { throw Self.malformed("a boundary ends oddly") }
        // The line's end stays: with it even an empty head ends in the same way.
        buffer.moveReaderIndex(forwardBy: end)
        phase = .head
      }
    case .head:
      guard let end = Self.index(of: [13, 10, 13, 10], in: buffer) else {
        guard buffer.readableBytes <= Self.maximumHead else { throw Self.malformed("the head of a part is too long") }
        return false
      }
      guard end <= Self.maximumHead, let bytes = buffer.readBytes(length: end) else {
        throw Self.malformed("the head of a part is too long")
      }
      buffer.moveReaderIndex(forwardBy: 4)
      events.append(try Self.begin(bytes))
      phase = .content
    case .epilogue:
      buffer.clear()
      return false
    }
    return true
  }

  // MARK: Heads

  /// What the head of a part says: the field's name and the file's.
  private static func begin(_ head: [UInt8]) throws -> Event {
    guard let text = String(validating: head, as: UTF8.self) else { throw malformed("the head of a part is not UTF-8") }
    for line in text.split(whereSeparator: { $0 == "\r\n" || $0 == "\r" || $0 == "\n" }) {
      guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == "content-disposition" else { continue }
      let parameters = HeaderParameters(String(line[line.index(after: colon)...]))
      guard parameters.value.lowercased() == "form-data", let name = parameters["name"] else { break }
      return .begin(field: unescaped(name), fileName: parameters.extended("filename") ?? parameters["filename"].map(unescaped))
    }
    throw malformed("a part lacks its 'Content-Disposition: form-data' with a name")
  }

  /// Browsers write these three characters, which could not stand in a quoted text, as escapes, and no other.
  private static func unescaped(_ text: String) -> String {
    text.replacing("%22", with: "\"").replacing("%0D", with: "\r").replacing("%0A", with: "\n")
  }

  static func malformed(_ why: String) -> TangorError {
    TangorError(.invalidRequest, "The body is no well-formed multipart/form-data: \(why).")
  }

  // MARK: Searching

  /// Where a mark begins, counted from the reader's place.
  private static func index(of mark: [UInt8], in buffer: ByteBuffer) -> Int? {
    buffer.withUnsafeReadableBytes { bytes in
      guard let base = bytes.baseAddress else { return nil }
      var start = 0
      while start + mark.count <= bytes.count {
        // Every mark begins with the end of a line, which is rare in most contents.
        guard let found = memchr(base + start, CInt(mark[0]), bytes.count - start - mark.count + 1) else { return nil }
        let place = UnsafeRawPointer(found) - base
        if memcmp(base + place, mark, mark.count) == 0 { return place }
        start = place + 1
      }
      return nil
    }
  }

  /// How many bytes cannot be the beginning of a mark, whatever follows.
  private static func harmless(_ buffer: ByteBuffer, _ mark: [UInt8]) -> Int {
    let view = buffer.readableBytesView
    for start in max(0, view.count - mark.count + 1)..<max(view.count, 0)
    where view[view.startIndex + start] == mark[0] && mark.starts(with: view.dropFirst(start)) {
      return start
    }
    return view.count
  }
}
