import Tangor

/// All strokes of a whiteboard, within its limits. A pure value: what is published, and how, is no matter of its own.
struct WhiteboardPicture: Sendable {
  let limits: WhiteboardLimits
  private(set) var strokes: [Stroke] = []
  /// Coordinate pairs of all strokes.
  private(set) var pointCount = 0

  init(limits: WhiteboardLimits = WhiteboardLimits()) { self.limits = limits }

  /// Puts a stroke on top; the oldest ones make room for it.
  ///
  /// - Returns: What changed; nil when the very same stroke is there already, because its page sent it again.
  /// - Throws: `invalid_parameters` when the stroke breaks a rule, or bears the id of another.
  mutating func add(_ stroke: Stroke) throws -> WhiteboardChange? {
    try stroke.check(limits)
    if let other = strokes.last(where: { $0.id == stroke.id }) {
      guard other == stroke else { throw TangorError(.invalidParameters, "There is another stroke with the id '\(stroke.id)'.") }
      return nil
    }
    strokes.append(stroke)
    pointCount += stroke.points.count / 2
    var dropped = 0
    while strokes.count - dropped > limits.strokes || pointCount > limits.points {
      pointCount -= strokes[dropped].points.count / 2
      dropped += 1
    }
    strokes.removeFirst(dropped)
    return WhiteboardChange(added: stroke, dropped: dropped)
  }

  /// Takes a page's last stroke away.
  ///
  /// - Returns: What changed; nil when the page has no stroke here.
  mutating func undo(_ client: String) -> WhiteboardChange? {
    guard let index = strokes.lastIndex(where: { $0.client == client }) else { return nil }
    let stroke = strokes.remove(at: index)
    pointCount -= stroke.points.count / 2
    return WhiteboardChange(removed: stroke.id)
  }

  /// Takes everything away.
  ///
  /// - Returns: What changed; nil when the board is empty.
  mutating func clear() -> WhiteboardChange? {
    guard !strokes.isEmpty else { return nil }
    strokes = []
    pointCount = 0
    return WhiteboardChange(cleared: true)
  }
}

/// One step from a picture to the next, as pages are told.
struct WhiteboardChange: Codable, Sendable, Equatable {
  /// The stroke on top.
  var added: Stroke?
  /// How many of the oldest strokes made room for it.
  var dropped: Int?
  /// The id of the stroke that went.
  var removed: String?
  /// Everything went.
  var cleared: Bool?
}

/// The picture at a place in the channel of its changes: what comes behind that place is not in it.
struct WhiteboardSnapshot: Codable, Sendable {
  var epoch: String
  var offset: Int
  var limits: WhiteboardLimits
  var strokes: [Stroke]
}
