import NIOCore
import TangorTesting
import Testing

@testable import TangorServing

@Suite struct MessageReaderTests {
  @Test func readsWholeMessages() {
    #expect(read([clientFrame(1, Array("héllo".utf8))]) == [.text("héllo")])
    #expect(read([clientFrame(2, [0, 255, 7])]) == [.binary([0, 255, 7])])
    #expect(read([clientFrame(1, [])]) == [.text("")])
    #expect(read([clientFrame(2, Array(repeating: 9, count: 126))]) == [.binary(Array(repeating: 9, count: 126))])
    #expect(read([clientFrame(2, Array(repeating: 9, count: 70_000))]) == [.binary(Array(repeating: 9, count: 70_000))])
  }

  @Test func letsControlFramesBetweenFragments() {
    let bytes =
      clientFrame(1, Array("ab".utf8), isFinal: false) + clientFrame(9, [1, 2]) + clientFrame(0, Array("cd".utf8), isFinal: false)
      + clientFrame(10, []) + clientFrame(0, Array("ef".utf8)) + clientFrame(8, [0x03, 0xE8])
    #expect(read([bytes]) == [.ping([1, 2]), .pong, .text("abcdef"), .close(1000)])
  }

  /// Every way to cut a conversation in two, and into single bytes, must be read alike.
  @Test func readsEverySplitAlike() {
    let bytes =
      clientFrame(1, Array("κόσμε".utf8)) + clientFrame(1, Array("a€".utf8), isFinal: false) + clientFrame(9, [5])
      + clientFrame(0, Array("𝄞".utf8)) + clientFrame(2, Array(0..<200)) + clientFrame(8, [0x03, 0xE9] + Array("bye".utf8))
    let whole = read([bytes])
    #expect(whole == [.text("κόσμε"), .ping([5]), .text("a€𝄞"), .binary(Array(0..<200)), .close(1001)])
    for cut in 1..<bytes.count {
      #expect(read([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole, "cut at \(cut)")
    }
    #expect(read(bytes.map { [$0] }) == whole)
  }

  @Test func readsCompressedMessagesInEverySplit() {
    let text = String(repeating: "the same words again and ", count: 8)
    let deflater = Deflater(level: 6, windowBits: 15)
    var bytes: [UInt8] = []
    for _ in 0..<2 {
      var compressed = ByteBuffer()
      text.utf8.withContiguousStorageIfAvailable { deflater.deflate(UnsafeRawBufferPointer($0), into: &compressed) }
      let payload = Array(compressed.readableBytesView)
      bytes += clientFrame(1, Array(payload.prefix(3)), isFinal: false, reserved: 0x40) + clientFrame(0, Array(payload.dropFirst(3)))
    }
    for cut in 1..<bytes.count {
      #expect(read([Array(bytes[..<cut]), Array(bytes[cut...])], deflate: DeflateParameters()) == [.text(text), .text(text)])
    }
  }

  @Test(arguments: [
    ("unmasked", clientFrame(1, [65], isMasked: false), 1002),
    ("reserved bit 1 without compression", clientFrame(1, [65], reserved: 0x40), 1002),
    ("reserved bit 2", clientFrame(1, [65], reserved: 0x20), 1002),
    ("reserved bit 3", clientFrame(1, [65], reserved: 0x10), 1002),
    ("reserved opcode", clientFrame(3, []), 1002),
    ("reserved control opcode", clientFrame(11, []), 1002),
    ("continuation of nothing", clientFrame(0, [65]), 1002),
    ("message inside a message", clientFrame(1, [65], isFinal: false) + clientFrame(1, [65]), 1002),
    ("fragmented ping", clientFrame(9, [1], isFinal: false), 1002),
    ("long ping", clientFrame(9, Array(repeating: 1, count: 126)), 1002),
    ("length longer than needed, 16 bits", clientFrame(2, [1], lengthForm: 2), 1002),
    ("length longer than needed, 64 bits", clientFrame(2, [1], lengthForm: 8), 1002),
    ("half a close code", clientFrame(8, [3]), 1002),
    ("close code 1005", clientFrame(8, [0x03, 0xED]), 1002),
    ("close code 999", clientFrame(8, [0x03, 0xE7]), 1002),
    ("close code 5000", clientFrame(8, [0x13, 0x88]), 1002),
    ("close reason not UTF-8", clientFrame(8, [0x03, 0xE8, 0xFF]), 1007),
    ("text not UTF-8", clientFrame(1, [0xC0, 0x80]), 1007),
    ("text cut inside a character", clientFrame(1, [0xE2, 0x82]), 1007),
    ("text not UTF-8 in a fragment", clientFrame(1, [0xED, 0xA0], isFinal: false), 1007),
    ("over the limit in one frame", clientFrame(2, Array(repeating: 0, count: 1_001)), 1009),
    (
      "over the limit in two frames",
      clientFrame(2, Array(repeating: 0, count: 600), isFinal: false) + clientFrame(0, Array(repeating: 0, count: 401)), 1009
    ),
    ("length beyond any memory", [0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4], 1009),
    ("length with its highest bit", [0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4], 1002),
  ]) func refusesBreaches(_ name: String, _ bytes: [UInt8], _ code: UInt16) {
    #expect(read([bytes], maximumSize: 1_000) == [.violation(code)])
    #expect(read(bytes.map { [$0] }, maximumSize: 1_000) == [.violation(code)])
  }

  @Test func refusesWrongTextBeforeItsEnd() {
    // The frame announces 100 bytes; the third is wrong, and no more is needed to know.
    let bytes = Array(clientFrame(1, [65, 66, 0xFF] + Array(repeating: 67, count: 97)).prefix(9))
    #expect(read([bytes]) == [.violation(1007)])
  }

  @Test func refusesCompressedMessagesThatGrowTooLarge() {
    let deflater = Deflater(level: 9, windowBits: 15)
    var compressed = ByteBuffer()
    [UInt8](repeating: 0, count: 1 << 20).withUnsafeBytes { deflater.deflate($0, into: &compressed) }
    #expect(compressed.readableBytes < 4_096)
    let frame = clientFrame(2, Array(compressed.readableBytesView), reserved: 0x40)
    #expect(read([frame], maximumSize: 10_000, deflate: DeflateParameters()) == [.violation(1009)])
    #expect(read([frame], maximumSize: 1 << 20, deflate: DeflateParameters()) == [.binary(Array(repeating: 0, count: 1 << 20))])
  }

  @Test func refusesDamagedCompression() {
    let frame = clientFrame(2, [0xFF, 0xFF, 0xFF, 0xFF], reserved: 0x40)
    #expect(read([frame], deflate: DeflateParameters()) == [.violation(1007)])
    let compressedContinuation = clientFrame(2, [1], isFinal: false) + clientFrame(0, [1], reserved: 0x40)
    #expect(read([compressedContinuation], deflate: DeflateParameters()) == [.violation(1002)])
  }

  /// Whatever comes, the reader answers with messages or a breach and does not trap.
  @Test func survivesRandomBytes() {
    var random = SeededGenerator(seed: 7)
    for round in 0..<3_000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let payload = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        bytes += clientFrame(
          UInt8.random(in: 0...15, using: &random), payload, isFinal: Bool.random(using: &random),
          reserved: Int.random(in: 0...9, using: &random) == 0 ? 0x40 : 0)
      }
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      let deflate = round.isMultiple(of: 2) ? DeflateParameters() : nil
      let cut = Int.random(in: 0...bytes.count, using: &random)
      let whole = read([bytes], maximumSize: 4_096, deflate: deflate)
      #expect(read([Array(bytes[..<cut]), Array(bytes[cut...])], maximumSize: 4_096, deflate: deflate) == whole, "round \(round)")
    }
  }
}
