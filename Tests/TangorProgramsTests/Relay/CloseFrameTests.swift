import NIOCore
import TangorServing
import Testing

@testable import TangorPrograms

@Suite struct CloseFrameTests {
  @Test func readsWhatMayTravel() throws {
    #expect(try CloseFrame(payload: []) == CloseFrame(nil))
    #expect(try CloseFrame(payload: closing(1000)) == CloseFrame(.normal))
    #expect(try CloseFrame(payload: closing(4999, "grüße")) == CloseFrame(.init(rawValue: 4999), "grüße"))
    #expect(try CloseFrame(payload: closing(4999, "grüße")).payload == closing(4999, "grüße"))
    #expect(CloseFrame(nil, "no code, no reason").payload == [])
  }

  @Test(arguments: [([3], 1002), (closing(1005), 1002), (closing(1000) + [0xFF], 1007)] as [([UInt8], UInt16)])
  func refusesTheRest(payload: [UInt8], code: UInt16) {
    let violation = #expect(throws: WebSocketViolation.self) { try CloseFrame(payload: payload) }
    #expect(violation?.code.rawValue == code)
  }

  @Test func aReasonIsCutBetweenCharacters() {
    let payload = CloseFrame(.normal, String(repeating: "é", count: 100)).payload
    #expect(payload.count == 124)
    #expect(String(validating: payload.dropFirst(2), as: UTF8.self) == String(repeating: "é", count: 61))
  }

  @Test func framesToAProgramAreMaskedAnew() throws {
    let frames = (0..<20).map { _ in Array(ByteBuffer(control: .close, closing(1001, "away"), to: .program).readableBytesView) }
    for frame in frames {
      #expect(frame.prefix(2) == [0x88, 0x86])
      #expect(frame.dropFirst(6).enumerated().map { $1 ^ frame[2 + ($0 & 3)] } == closing(1001, "away"))
    }
    #expect(Set(frames.map { Array($0[2..<6]) }).count > 1)
    #expect(Array(ByteBuffer(control: .ping, [1, 2], to: .page).readableBytesView) == [0x89, 2, 1, 2])
  }
}
