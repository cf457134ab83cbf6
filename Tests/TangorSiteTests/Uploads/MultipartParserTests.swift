import NIOCore
import TangorCore
import Testing

@testable import TangorSite

@Suite struct MultipartParserTests {
  private static let type = "multipart/form-data; boundary=\"x y\""

  /// A part as a whole: its name, the file's name and its content.
  private struct Part: Hashable {
    var field: String
    var fileName: String?
    var content = ""
    var hasEnded = false
  }

  private func parts(_ pieces: [ArraySlice<UInt8>], type: String = type) throws -> (parts: [Part], isComplete: Bool) {
    var parser = try #require(MultipartParser(contentType: type))
    var parts: [Part] = []
    for piece in pieces {
      for event in try parser.feed(ByteBuffer(bytes: piece)) {
        switch event {
        case .begin(let field, let fileName): parts.append(Part(field: field, fileName: fileName))
        case .data(let data): parts[parts.count - 1].content += String(buffer: data)
        case .end: parts[parts.count - 1].hasEnded = true
        }
      }
    }
    return (parts, parser.isComplete)
  }

  private static let body = Array(
    ("preamble\r\n--x y  \r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nvalue\r\n--x y\r\n"
      + "content-type: text/plain\r\nCONTENT-DISPOSITION: form-data; name=\"f\"; filename=\"a%22b.txt\"\r\n\r\n"
      + "\r\n--x\r\n--x z\r\r\n--x y\r\nContent-Disposition: form-data; name=f; filename=empty\r\n\r\n\r\n--x y--\r\nepilogue\r\n--x y\r\n")
      .utf8)

  private static let expected = [
    Part(field: "a", content: "value", hasEnded: true),
    Part(field: "f", fileName: "a\"b.txt", content: "\r\n--x\r\n--x z\r", hasEnded: true),
    Part(field: "f", fileName: "empty", hasEnded: true),
  ]

  @Test func everySplitGivesTheSame() throws {
    for split in 0...Self.body.count {
      let (parts, isComplete) = try parts([Self.body[..<split], Self.body[split...]])
      #expect(parts == Self.expected && isComplete, "split at \(split)")
    }
    let single = try parts(Self.body.indices.map { Self.body[$0...$0] })
    #expect(single.parts == Self.expected && single.isComplete)
  }

  @Test func aFormThatIsCutIsNotComplete() throws {
    let mark = Array("--x y--".utf8)
    let end = try #require(Self.body.indices.first { Self.body[$0...].starts(with: mark) }) + mark.count
    for count in 0..<end {
      let isComplete = try parts([Self.body[..<count]]).isComplete
      #expect(!isComplete, "cut at \(count)")
    }
  }

  @Test(arguments: [
    "--x y\r\n\r\ncontent\r\n--x y--", "--x y\r\nContent-Disposition: attachment; name=a\r\n\r\n",
    "--x yz\r\nContent-Disposition: form-data; name=a\r\n\r\n",
    "--x y-\r\n", "--x y\r\nContent-Disposition: form-data\r\n\r\n", "--x y\r\n" + String(repeating: "h", count: 20_000),
  ])
  func whatIsNoFormIsRefused(body: String) throws {
    #expect(throws: TangorError.self) { _ = try parts([Array(body.utf8)[...]]) }
  }

  @Test(arguments: [
    "", "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=a",
    "multipart/form-data; boundary=\"a\u{e9}\"",
  ])
  func aFormNeedsABoundary(type: String) {
    #expect(MultipartParser(contentType: type) == nil)
  }

  @Test func headersWithParameters() {
    let header = HeaderParameters(#"form-data; name="a;b\"c"; filename*=UTF-8''%e2%82%ac.txt; filename=C:\d; x"#)
    #expect(header.value == "form-data" && header["name"] == "a;b\"c" && header["filename"] == #"C:\d"#)
    #expect(header.extended("filename") == "€.txt" && header["x"] == nil)
    #expect(HeaderParameters("a; filename*=latin1''x").extended("filename") == nil)
  }
}
