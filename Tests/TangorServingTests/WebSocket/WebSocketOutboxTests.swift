import NIOCore
import Testing

@testable import TangorServing

@Suite struct WebSocketOutboxTests {
  private func wait(_ outbox: inout WebSocketOutbox, _ text: String, _ policy: SlowReaderPolicy) -> WebSocketOutbox.Admission {
    Array(text.utf8).withUnsafeBytes { outbox.wait(.text, $0, policy: policy) }
  }

  private func drain(_ outbox: inout WebSocketOutbox) -> [String] {
    var texts: [String] = []
    while let (_, buffer) = outbox.popWaiting() { texts.append(String(buffer: buffer)) }
    return texts
  }

  @Test func writesHeadersOfAllLengths() {
    for count in [0, 125, 126, 0xFFFF, 0x10000] {
      var outbox = WebSocketOutbox(limit: 10)
      [UInt8](repeating: 7, count: count).withUnsafeBytes { outbox.append(.binary, $0, isCompressed: false) }
      let header: [UInt8] =
        switch count {
        case ..<126: [0x82, UInt8(count)]
        case ...0xFFFF: [0x82, 126, UInt8(count >> 8), UInt8(count & 0xFF)]
        default: [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]
        }
      let bytes = outbox.takeEncoded().map { Array($0.readableBytesView) }
      #expect(bytes == header + [UInt8](repeating: 7, count: count))
      #expect(outbox.takeEncoded() == nil)
    }
  }

  @Test func dropsTheOldestOfThoseThatMayBeDropped() {
    var outbox = WebSocketOutbox(limit: 10)
    #expect(wait(&outbox, "aaaa", .dropOldest) == .waits)
    #expect(wait(&outbox, "KEEP", .wait) == .waits)
    #expect(wait(&outbox, "b", .dropOldest) == .waits)
    #expect(wait(&outbox, "cccc", .dropOldest) == .dropped(1))
    #expect(outbox.waitingBytes == 9)
    #expect(wait(&outbox, "dddddd", .dropOldest) == .dropped(2))
    #expect(drain(&outbox) == ["KEEP", "dddddd"])
    #expect(outbox.waitingBytes == 0)
  }

  @Test func dropsAMessageThatNeverFits() {
    var outbox = WebSocketOutbox(limit: 10)
    #expect(wait(&outbox, "small", .dropOldest) == .waits)
    #expect(wait(&outbox, "far too large a message", .dropOldest) == .dropped(2))
    #expect(drain(&outbox) == [])
  }

  @Test func saysWhenItIsFull() {
    var outbox = WebSocketOutbox(limit: 10)
    #expect(wait(&outbox, "0123456789", .close) == .waits)
    #expect(wait(&outbox, "x", .close) == .full)
    #expect(wait(&outbox, "x", .wait) == .waits)
    #expect(drain(&outbox) == ["0123456789", "x"])
  }
}
