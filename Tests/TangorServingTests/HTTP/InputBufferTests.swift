import NIOCore
import Testing

@testable import TangorServing

/// The pure part of reading input, beside a model that looks at whole texts.
@Suite struct InputBufferTests {
  private func text(_ buffer: ByteBuffer) -> String { String(buffer: buffer) }

  @Test func takesWhatIsAskedFor() {
    var buffer = InputBuffer()
    #expect(buffer.isEmpty && buffer.take(5).readableBytes == 0)
    buffer.append(ByteBuffer(string: "hello "))
    buffer.append(ByteBuffer(string: "world"))
    #expect(buffer.count == 11)
    #expect(text(buffer.take(7)) == "hello w")
    #expect(text(buffer.take(99)) == "orld")
    buffer.append(ByteBuffer(string: "again"))
    #expect(text(buffer.takeAll()) == "again" && buffer.isEmpty)
  }

  @Test(arguments: ["\n", "\r\n", "--", "aab", "abab"])
  func everySplitGivesTheSamePieces(delimiter: String) {
    let document = "ab\naab\r\n--aaab--ababab\n\r\r\n-a-b\nabab--\n\naabab"
    let bytes = Array(document.utf8)
    let mark = Array(delimiter.utf8)
    let expected = Self.pieces(of: bytes, mark)
    for first in 0...bytes.count {
      for second in first...bytes.count {
        var buffer = InputBuffer()
        var found: [[UInt8]] = []
        for part in [bytes[..<first], bytes[first..<second], bytes[second...]] {
          buffer.append(ByteBuffer(bytes: part))
          while case .found(let piece) = buffer.take(until: mark, limit: 100) { found.append(Array(piece.readableBytesView)) }
        }
        found.append(Array(buffer.takeAll().readableBytesView))
        #expect(found == expected, "split at \(first) and \(second)")
      }
    }
  }

  /// The model: the first place, again and again.
  private static func pieces(of bytes: [UInt8], _ mark: [UInt8]) -> [[UInt8]] {
    var rest = bytes[...]
    var pieces: [[UInt8]] = []
    while let place = rest.indices.first(where: { rest[$0...].starts(with: mark) }) {
      pieces.append(Array(rest[..<place]))
      rest = rest[(place + mark.count)...]
    }
    return pieces + [Array(rest)]
  }

  @Test func theLimitIsOnWhatStandsBeforeTheDelimiter() {
    for (line, isTaken) in [("12345", true), ("123456", false)] {
      var whole = InputBuffer()
      whole.append(ByteBuffer(string: line + "\r\n"))
      #expect((whole.take(until: [13, 10], limit: 5) == .tooLong) == !isTaken)
      var byByte = InputBuffer()
      var outcome = InputBuffer.Search.more
      for byte in (line + "\r\n").utf8 where outcome == .more {
        byByte.append(ByteBuffer(bytes: [byte]))
        outcome = byByte.take(until: [13, 10], limit: 5)
      }
      #expect(outcome == (isTaken ? .found(ByteBuffer(string: line)) : .tooLong), "in single bytes")
    }
    var endless = InputBuffer()
    endless.append(ByteBuffer(repeating: 65, count: 7))
    #expect(endless.take(until: [13, 10], limit: 5) == .tooLong, "no delimiter that comes could be within the limit")
    var exact = InputBuffer()
    exact.append(ByteBuffer(repeating: 65, count: 5))
    #expect(exact.take(until: [13, 10], limit: 5) == .more)
  }

  @Test func anotherDelimiterIsLookedForFromTheStart() {
    var buffer = InputBuffer()
    buffer.append(ByteBuffer(string: "a,b;c"))
    #expect(buffer.take(until: Array("!".utf8), limit: 100) == .more)
    #expect(buffer.take(until: Array(",".utf8), limit: 100) == .found(ByteBuffer(string: "a")))
    #expect(buffer.take(until: Array(";".utf8), limit: 100) == .found(ByteBuffer(string: "b")))
  }
}
