import Synchronization
import Testing

@testable import Tangor
@testable import TangorGallery

private let small: WhiteboardLimits = {
  var limits = WhiteboardLimits()
  limits.strokes = 3
  limits.points = 10
  limits.strokePoints = 6
  return limits
}()

private func stroke(_ id: String, by client: String = "ann", points: [Int] = [1, 2, 3, 4]) -> Stroke {
  Stroke(id: id, client: client, colour: "#B84c00", width: 4, points: points)
}

@Suite("Whiteboard: its rules")
struct WhiteboardPictureTests {
  @Test func strokesLieInTheOrderInWhichTheyCame() throws {
    var picture = WhiteboardPicture(limits: small)
    #expect(try picture.add(stroke("a")) == WhiteboardChange(added: stroke("a"), dropped: 0))
    _ = try picture.add(stroke("b"))
    #expect(picture.strokes.map(\.id) == ["a", "b"])
    #expect(picture.pointCount == 4)
  }

  @Test func theOldestMakeRoom() throws {
    var picture = WhiteboardPicture(limits: small)
    for id in ["a", "b", "c"] { _ = try picture.add(stroke(id)) }
    #expect(try picture.add(stroke("d"))?.dropped == 1)
    #expect(picture.strokes.map(\.id) == ["b", "c", "d"])
    // Six pairs leave room for four: two strokes of two.
    let long = stroke("e", points: Array(0..<12))
    #expect(try picture.add(long)?.dropped == 1)
    #expect(picture.strokes.map(\.id) == ["c", "d", "e"])
    #expect(picture.pointCount == 10)
  }

  @Test func aLineSentAgainStandsOnce() throws {
    var picture = WhiteboardPicture(limits: small)
    _ = try picture.add(stroke("a"))
    #expect(try picture.add(stroke("a")) == nil)
    #expect(throws: TangorError.self) { try picture.add(stroke("a", by: "bob")) }
    #expect(picture.strokes == [stroke("a")])
  }

  @Test func undoTakesThePagesOwnLastStroke() throws {
    var picture = WhiteboardPicture(limits: small)
    _ = try picture.add(stroke("a"))
    _ = try picture.add(stroke("b", by: "bob"))
    _ = try picture.add(stroke("c"))
    #expect(picture.undo("bob") == WhiteboardChange(removed: "b"))
    #expect(picture.undo("bob") == nil)
    #expect(picture.undo("ann") == WhiteboardChange(removed: "c"))
    #expect(picture.strokes.map(\.id) == ["a"])
    #expect(picture.pointCount == 2)
  }

  @Test func clearingAnEmptyBoardIsNoChange() throws {
    var picture = WhiteboardPicture(limits: small)
    #expect(picture.clear() == nil)
    _ = try picture.add(stroke("a"))
    #expect(picture.clear() == WhiteboardChange(cleared: true))
    #expect(picture.strokes.isEmpty && picture.pointCount == 0)
  }

  @Test(arguments: [
    Stroke(id: "", client: "ann", colour: "#000000", width: 1, points: [1, 1]),
    Stroke(id: "<b>", client: "ann", colour: "#000000", width: 1, points: [1, 1]),
    Stroke(id: String(repeating: "a", count: 41), client: "ann", colour: "#000000", width: 1, points: [1, 1]),
    Stroke(id: "a", client: "a b", colour: "#000000", width: 1, points: [1, 1]),
    Stroke(id: "a", client: "ann", colour: "red", width: 1, points: [1, 1]),
    Stroke(id: "a", client: "ann", colour: "#00000g", width: 1, points: [1, 1]),
    Stroke(id: "a", client: "ann", colour: "#000000", width: 0, points: [1, 1]),
    Stroke(id: "a", client: "ann", colour: "#000000", width: 65, points: [1, 1]),
    Stroke(id: "a", client: "ann", colour: "#000000", width: 1, points: []),
    Stroke(id: "a", client: "ann", colour: "#000000", width: 1, points: [1]),
    Stroke(id: "a", client: "ann", colour: "#000000", width: 1, points: Array(repeating: 1, count: 14)),
    Stroke(id: "a", client: "ann", colour: "#000000", width: 1, points: [-1, 1]),
    Stroke(id: "a", client: "ann", colour: "#000000", width: 1, points: [1, 1_001]),
    Stroke(id: "a", client: "ann", colour: "#000000", width: 1, points: [.max, .min]),
  ])
  func whatBreaksARuleIsRefused(wrong: Stroke) throws {
    var picture = WhiteboardPicture(limits: small)
    let error = #expect(throws: TangorError.self) { try picture.add(wrong) }
    #expect(error?.code == .invalidParameters)
    #expect(picture.strokes.isEmpty)
  }
}

@Suite("Whiteboard: what pages are told")
struct WhiteboardTests {
  /// What was published, with a channel of its own kind.
  private final class Published: Sendable {
    let changes = Mutex<[WhiteboardChange]>([])
    let epoch = ChannelEpoch("00c0ffee")
    let isFull = Atomic(false)

    func publish(_ change: WhiteboardChange) throws -> ChannelPosition {
      if isFull.load(ordering: .relaxed) { throw TangorError(.tooManyRequests, "full") }
      return try changes.withLock { changes in
        changes.append(change)
        return ChannelPosition(epoch: try #require(epoch), offset: changes.count)
      }
    }
  }

  /// The picture that a page has which took a snapshot and then every change behind it.
  private func replay(_ changes: [WhiteboardChange], from snapshot: WhiteboardSnapshot) throws -> [Stroke] {
    var strokes = snapshot.strokes
    for change in changes[snapshot.offset...] {
      if change.cleared == true { strokes = [] }
      strokes.removeAll { $0.id == change.removed }
      if let added = change.added { strokes.append(added) }
      strokes.removeFirst(change.dropped ?? 0)
    }
    return strokes
  }

  @Test func aSnapshotAndWhatFollowsGiveThePictureWheneverItIsTaken() throws {
    let published = Published()
    let board = try Whiteboard(limits: small, publish: published.publish)
    var snapshots = [board.snapshot()]
    for step in 0..<60 {
      switch step % 7 {
      case 3: _ = try board.undo("bob")
      case 5 where step % 3 == 0: _ = try board.clear()
      default: try board.add(stroke("s\(step)", by: step.isMultiple(of: 2) ? "ann" : "bob", points: Array(0..<(2 + step % 3 * 2))))
      }
      snapshots.append(board.snapshot())
    }
    let changes = published.changes.withLock { $0 }
    let last = try #require(snapshots.last)
    #expect(!last.strokes.isEmpty && last.offset == changes.count)
    for snapshot in snapshots { #expect(try replay(changes, from: snapshot) == last.strokes) }
    #expect(board.revision.value == changes.count - 1)
  }

  @Test func manyAtOnceLeaveNoHole() async throws {
    let published = Published()
    let board = try Whiteboard(publish: published.publish)
    try await withThrowingTaskGroup(of: WhiteboardSnapshot.self) { group in
      for worker in 0..<8 {
        group.addTask {
          for step in 0..<25 { try board.add(stroke("w\(worker)-\(step)", by: "w\(worker)")) }
          return board.snapshot()
        }
      }
      let snapshots = try await group.reduce(into: []) { $0.append($1) }
      let last = board.snapshot()
      #expect(last.strokes.count == 200)
      let changes = published.changes.withLock { $0 }
      for snapshot in snapshots { #expect(try replay(changes, from: snapshot) == last.strokes) }
    }
  }

  @Test func whatCannotBeToldHasNotHappened() throws {
    let published = Published()
    let board = try Whiteboard(publish: published.publish)
    try board.add(stroke("a"))
    published.isFull.store(true, ordering: .relaxed)
    #expect(throws: TangorError.self) { try board.add(stroke("b")) }
    #expect(throws: TangorError.self) { try board.clear() }
    #expect(board.snapshot().strokes.map(\.id) == ["a"])
    #expect(board.revision.value == 1)
  }
}
