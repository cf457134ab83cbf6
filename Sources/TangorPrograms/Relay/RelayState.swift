import TangorServing

/// Decides how the two connections of a relayed socket come to their ends. A pure value: no socket, no clock.
///
/// As long as nobody closes, it has nothing to say. What it returns is to be done in order.
struct RelayState {
  enum Action: Equatable {
    /// Pass on the close frame that has just come, to this side.
    case pass(RelaySide)
    /// Put a close frame in, where the next frame ends.
    case close(RelaySide, CloseFrame)
    /// Both close frames have passed: end the sending side of this connection and wait for its end.
    case finish(RelaySide)
    /// End this connection at once.
    case cut(RelaySide)
    /// Call ``RelayState/settled()`` a moment later.
    case settle
    /// Call ``RelayState/expired()`` when the close timeout is over.
    case expire
  }

  private struct Leg {
    var isOver = false
    /// Whether its close frame has come, or nothing it sends counts any more.
    var isDone = false
    var close = CloseFrame(nil)
    var isClosed = false
    var isFinished = false
  }

  private var page = Leg()
  private var program = Leg()
  private var ending: CloseFrame?
  private var isSettling = false
  private var isExpiring = false

  /// Whether both connections have ended.
  var isOver: Bool { page.isOver && program.isOver }
  /// Whether what this side sends is thrown away.
  func isDone(_ side: RelaySide) -> Bool { side == .page ? page.isDone : program.isDone }
  /// Whether a page waits for the answer to its close frame.
  var pageAwaitsClose: Bool { page.isDone && !page.isFinished }

  private subscript(side: RelaySide) -> Leg {
    get { side == .page ? page : program }
    set { if side == .page { page = newValue } else { program = newValue } }
  }

  // MARK: What happens

  /// A close frame has come.
  mutating func gotClose(_ side: RelaySide, _ close: CloseFrame) -> [Action] {
    guard !self[side].isDone else { return [] }
    self[side].isDone = true
    self[side].close = close
    var actions: [Action] = []
    if self[side.other].isOver {
      actions += closing(side, CloseFrame(close.code))
    } else if !self[side.other].isClosed {
      self[side.other].isClosed = true
      actions.append(.pass(side.other))
    }
    return actions + expiring() + finishing()
  }

  /// A connection has ended.
  mutating func ended(_ side: RelaySide) -> [Action] {
    guard !self[side].isOver else { return [] }
    self[side].isOver = true
    self[side].isDone = true
    switch side {
    case .page: return program.isOver ? [] : closing(.program, CloseFrame(.goingAway, "the page has gone")) + expiring() + finishing()
    case .program:
      guard !page.isOver, !page.isClosed else { return [] }
      if page.isDone { return closing(.page, CloseFrame(page.close.code)) + finishing() }
      guard let ending else { return settling() }
      return closing(.page, ending) + expiring()
    }
  }

  /// The program's process has ended, or is about to.
  mutating func programEnded(_ close: CloseFrame) -> [Action] {
    guard ending == nil else { return [] }
    ending = close
    // A page that is closing knows a better reason.
    guard !page.isOver, !page.isClosed, !page.isDone else { return [] }
    // What the program said last may still be on its way.
    return program.isOver ? closing(.page, close) + expiring() : settling()
  }

  /// The moment is over in which a program's end and its reason were expected.
  mutating func settled() -> [Action] {
    guard !page.isOver, !page.isDone, !page.isClosed else { return [] }
    var actions = closing(.page, ending ?? CloseFrame(.badGateway, "the connection to the program was lost"))
    if !program.isOver { actions += closing(.program, CloseFrame(.goingAway, "the program is to end")) }
    return actions + expiring()
  }

  /// The server closes the socket.
  mutating func close(_ close: CloseFrame) -> [Action] {
    let actions = closing(.page, close) + closing(.program, close)
    return actions.isEmpty ? [] : actions + expiring() + finishing()
  }

  /// A side broke the protocol or a limit, or does not answer any more.
  mutating func fail(_ side: RelaySide, _ close: CloseFrame) -> [Action] {
    guard !self[side].isDone else { return [] }
    self[side].isDone = true
    var actions = closing(side, close)
    switch side {
    case .page: actions += closing(.program, CloseFrame(.goingAway, "the page was cut off"))
    case .program:
      let isTooBig = close.code == .messageTooBig
      actions += closing(
        .page,
        isTooBig
          ? CloseFrame(.messageTooBig, "the program sent a message over the limit")
          : CloseFrame(.badGateway, "the program broke the protocol: \(close.reason)"))
    }
    return actions + expiring() + finishing()
  }

  /// The close timeout is over.
  mutating func expired() -> [Action] {
    isExpiring = false
    if !page.isOver, page.isDone, !page.isClosed {
      // The program does not answer the page's close frame; the page gets an answer all the same.
      return closing(.page, CloseFrame(page.close.code)) + (program.isOver ? [] : [.cut(.program)]) + expiring() + finishing()
    }
    return [RelaySide.page, .program].filter { !self[$0].isOver }.map { .cut($0) }
  }

  // MARK: What follows

  private mutating func closing(_ side: RelaySide, _ close: CloseFrame) -> [Action] {
    guard !self[side].isOver, !self[side].isClosed else { return [] }
    self[side].isClosed = true
    return [.close(side, close)]
  }

  private mutating func finishing() -> [Action] {
    [RelaySide.page, .program].compactMap { side in
      let leg = self[side]
      guard leg.isDone, leg.isClosed, !leg.isOver, !leg.isFinished else { return nil }
      self[side].isFinished = true
      return .finish(side)
    }
  }

  private mutating func expiring() -> [Action] {
    guard !isExpiring else { return [] }
    isExpiring = true
    return [.expire]
  }

  private mutating func settling() -> [Action] {
    guard !isSettling else { return [] }
    isSettling = true
    return [.settle]
  }
}
