import Tangor

/// One line on the whiteboard, as a page drew it.
struct Stroke: Codable, Sendable, Equatable {
  /// Made up by the page, so that it knows its own stroke again.
  var id: String
  /// Who drew it, for undoing.
  var client: String
  /// `#rrggbb`.
  var colour: String
  /// In units of the board.
  var width: Int
  /// x and y in turn, in units of the board.
  var points: [Int]
}

/// What a whiteboard holds and takes at most.
struct WhiteboardLimits: Sendable, Codable, Equatable {
  /// The board in its own units; pages scale it to the space they have.
  var boardWidth = 1_600
  var boardHeight = 1_000
  /// The broadest line, in units of the board.
  var lineWidth = 64
  /// Coordinates pairs of one stroke.
  var strokePoints = 2_000
  /// Strokes of the whole picture; the oldest go first.
  var strokes = 1_000
  /// Coordinate pairs of the whole picture; the oldest strokes go first.
  var points = 40_000
}

extension Stroke {
  /// - Throws: `invalid_parameters` that says what is wrong with the stroke.
  func check(_ limits: WhiteboardLimits) throws {
    try Self.check(name: id, "id")
    try Self.check(name: client, "client")
    guard Self.isColour(colour) else { throw Self.wrong("has a 'colour' such as #b84c00; '\(colour.prefix(20))' came") }
    guard (1...limits.lineWidth).contains(width) else { throw Self.wrong("has a 'width' from 1 to \(limits.lineWidth); \(width) came") }
    guard points.count.isMultiple(of: 2), (1...limits.strokePoints).contains(points.count / 2) else {
      throw Self.wrong("has 'points' of 1 to \(limits.strokePoints) pairs of x and y; \(points.count) numbers came")
    }
    for index in stride(from: 0, to: points.count, by: 2) {
      let (x, y) = (points[index], points[index + 1])
      guard (0...limits.boardWidth).contains(x), (0...limits.boardHeight).contains(y) else {
        throw Self.wrong("lies within 0…\(limits.boardWidth) and 0…\(limits.boardHeight); the point (\(x), \(y)) came")
      }
    }
  }

  /// Checks what a page calls itself or a stroke.
  ///
  /// - Throws: `invalid_parameters`.
  static func check(name: String, _ what: String) throws {
    guard (1...40).contains(name.utf8.count), name.utf8.allSatisfy(isNameByte) else {
      throw wrong("has '\(what)' of 1 to 40 letters, digits and hyphens; '\(name.prefix(40))' came")
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "-")
  }

  private static func isColour(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.count == 7 && bytes[0] == UInt8(ascii: "#")
      && bytes.dropFirst().allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || (0x41...0x46).contains($0) }
  }

  private static func wrong(_ what: String) -> TangorError { TangorError(.invalidParameters, "A stroke \(what).") }
}
