import TangorServing
import TangorTesting
import Testing

@testable import TangorPrograms

@Suite struct FrameTrackerTests {
  /// What a tracker said of some bytes that came in pieces.
  struct Result: Equatable {
    var passed: [UInt8] = []
    var controls: [[UInt8]] = []
    var violation: UInt16?
    var isBetweenFrames = true
    /// Where frames ended in what was passed.
    var boundaries: [Int] = []
  }

  /// Feeds bytes in pieces, as a connection would.
  private func follow(
    _ pieces: [[UInt8]], from side: RelaySide, maximumSize: Int = 1 << 20, stopsAtBoundary: Bool = false
  ) -> Result {
    var tracker = FrameTracker(from: side, maximumSize: maximumSize)
    var result = Result()
    var withheld: [UInt8] = []
    for piece in pieces {
      var input = withheld + piece
      withheld = []
      var isOpen = true
      while isOpen {
        var position = 0
        let step = input.withUnsafeBytes { tracker.follow($0, &position, stopsAtBoundary: stopsAtBoundary) }
        result.passed += input.prefix(position)
        input.removeFirst(position)
        switch step {
        case .end:
          #expect(input.isEmpty)
          isOpen = false
        case .partial:
          #expect(!input.isEmpty && input.count < 14 + 125)
          withheld = input
          isOpen = false
        case .boundary:
          #expect(stopsAtBoundary && tracker.isBetweenFrames)
          result.boundaries.append(result.passed.count)
        case .control(_, let headerLength, let payloadLength, _):
          #expect(tracker.isBetweenFrames)
          result.controls.append(Array(input.prefix(headerLength + payloadLength)))
          input.removeFirst(headerLength + payloadLength)
        case .violation(let violation):
          #expect(tracker.isBetweenFrames, "the relay must be able to put a close frame in")
          result.violation = violation.code.rawValue
          return result
        }
      }
    }
    result.isBetweenFrames = tracker.isBetweenFrames
    return result
  }

  private static func sample(_ side: RelaySide) -> (bytes: [UInt8], data: [[UInt8]], controls: [[UInt8]]) {
    let key: [UInt8]? = side == .page ? [1, 2, 3, 4] : nil
    let data = [
      frame(1, Array("text".utf8), key: key), frame(2, [], key: key), frame(9, [9, 9], key: key),
      frame(1, [1, 2], isFinal: false, key: key), frame(9, [], key: key), frame(0, [3], key: key),
      frame(2, Array(repeating: 7, count: 130), key: key),
    ]
    let controls = [frame(10, [5], key: key), frame(8, closing(1000, "bye"), key: key)]
    // A pong between the parts of a message, a close frame at the end.
    let bytes = (data[0...3] + [controls[0]] + data[4...] + [controls[1]]).flatMap { $0 }
    return (bytes, data, controls)
  }

  @Test(arguments: [RelaySide.page, .program]) func everySplitOfTheInputPassesTheSame(side: RelaySide) {
    let (bytes, data, controls) = Self.sample(side)
    let expected = Result(passed: data.flatMap { $0 }, controls: controls)
    for first in 0...bytes.count {
      #expect(follow([Array(bytes[..<first]), Array(bytes[first...])], from: side) == expected)
      let second = min(bytes.count, first + 1)
      #expect(follow([Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...])], from: side) == expected)
    }
    #expect(follow(bytes.map { [$0] }, from: side) == expected)
  }

  @Test(arguments: [RelaySide.page, .program]) func theEndOfEachFrameIsFoundOnDemand(side: RelaySide) {
    let (bytes, data, _) = Self.sample(side)
    var ends: [Int] = []
    for frame in data { ends.append((ends.last ?? 0) + frame.count) }
    for pieces in [[bytes], bytes.map { [$0] }] {
      #expect(follow(pieces, from: side, stopsAtBoundary: true).boundaries == ends)
    }
  }

  @Test func payloadPassesBeforeItsFrameIsWhole() {
    let bytes = programFrame(2, Array(repeating: 1, count: 1_000))
    let result = follow([Array(bytes.prefix(100))], from: .program)
    #expect(result.passed.count == 100)
    #expect(!result.isBetweenFrames)
  }

  @Test(
    arguments: [
      ([0x82, 127, 0, 0, 0, 0, 0, 1, 0, 1], 1009), ([0x82, 127, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], 1009),
      ([0x82, 127, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], 1002), ([0x82, 126, 0, 5], 1002),
      ([0x82, 127, 0, 0, 0, 0, 0, 0, 0, 5], 1002),
      ([0x80, 0], 1002), ([0x01, 0, 0x81, 0], 1002), ([0xC1, 0], 1002), ([0xA1, 0], 1002), ([0x91, 0], 1002), ([0x83, 0], 1002),
      ([0x8B, 0], 1002),
      ([0x09, 0], 1002), ([0x89, 126, 0, 126], 1002), ([0x88, 126, 0, 126], 1002), ([0x81, 0x80, 0, 0, 0, 0], 1002),
    ] as [([UInt8], UInt16)])
  func whatBreaksTheProtocolOrTheLimitDoesNotPass(bytes: [UInt8], code: UInt16) {
    let good = programFrame(9, [1])
    for pieces in [[good + bytes], (good + bytes).map { [$0] }] {
      let result = follow(pieces, from: .program, maximumSize: 65_536)
      #expect(result.violation == code)
      #expect(result.passed.starts(with: good))
    }
  }

  @Test func theLimitCountsTheWholeMessage() {
    let first = programFrame(2, Array(repeating: 1, count: 600), isFinal: false)
    let ok = first + programFrame(9, [1]) + programFrame(0, Array(repeating: 1, count: 400))
    #expect(follow([ok, ok], from: .program, maximumSize: 1_000).violation == nil, "each message has the whole limit")
    #expect(follow([first + programFrame(0, Array(repeating: 1, count: 401))], from: .program, maximumSize: 1_000).violation == 1009)
  }

  /// Whatever comes, it is passed in order, kept or refused, in whichever pieces it comes.
  @Test(arguments: 0..<200 as Range<UInt64>) func randomBytesInRandomPieces(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let side: RelaySide = Bool.random(using: &random) ? .page : .program
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 1...30, using: &random) {
      let opcode = [0, 1, 2, 8, 9, 10].randomElement(using: &random) ?? 1
      let limit = opcode >= 8 ? 125 : 400
      let payload = (0..<Int.random(in: 0...limit, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      bytes += frame(
        UInt8(opcode), payload, isFinal: opcode >= 8 || Bool.random(using: &random), key: side == .page ? [9, 8, 7, 6] : nil)
    }
    if Bool.random(using: &random) {
      for _ in 0..<3 { bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random) }
    }
    let whole = follow([bytes], from: side)
    var pieces: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = min(rest.count, Int.random(in: 1...60, using: &random))
      pieces.append(Array(rest.prefix(count)))
      rest.removeFirst(count)
    }
    #expect(follow(pieces, from: side) == whole)
    #expect(whole.passed.count + whole.controls.joined().count <= bytes.count)
  }
}
