import NIOCore
import TangorCore
import TangorServing

/// A relayed socket: two connections on one event loop, glued together.
final class RelayTunnel: LoopSocket {
  private let configuration: RelayConfiguration
  private let shared: WebSocketEventLoop
  private let onEnd: () -> Void
  let page: RelayLeg
  let program: RelayLeg
  private(set) var state = RelayState()
  private(set) var hasBegun = false
  private var isEnded = false
  private var watch: PageWatch
  private var lastBuffered = 0
  private var pings: UInt64 = 0
  /// The payload of the ping whose pong is the relay's own affair.
  private var awaitedPong: [UInt8]?
  private var programEnding: CloseFrame?
  private var timers: [Scheduled<Void>] = []

  /// - Parameter onEnd: Called when both connections are gone.
  init(program: RelayLeg, configuration: RelayConfiguration, shared: WebSocketEventLoop, onEnd: @escaping () -> Void) {
    self.configuration = configuration
    self.shared = shared
    self.program = program
    self.onEnd = onEnd
    page = RelayLeg(.page, maximumSize: configuration.maximumMessageSize.bytes)
    watch = PageWatch(interval: TimeAmount(configuration.pingInterval), timeout: TimeAmount(configuration.pingTimeout))
    for (leg, other) in [(page, program), (program, page)] {
      leg.tunnel = self
      leg.other = other
    }
  }

  private func leg(_ side: RelaySide) -> RelayLeg { side == .page ? page : program }

  /// The page's connection has changed hands.
  func opened() { shared.add(self) }

  /// Both connections are the relay's alone now.
  func begin() {
    guard !hasBegun, !isEnded else { return }
    hasBegun = true
    // What came right behind the program's answer to the handshake. The page may have read on by its own means.
    let early = program.withheld
    program.withheld = ByteBuffer()
    take(early, from: program)
    if program.isInactive { ended(program) }
    if let programEnding { programEnded(programEnding) }
    usePlainWay()
    page.flush()
    program.flush()
    page.read()
    program.read()
  }

  // MARK: Passing on

  /// Takes what came on a connection that is not in its plain way.
  func take(_ received: ByteBuffer, from leg: RelayLeg) {
    guard hasBegun || leg.side == .page else {
      var received = received
      leg.withheld.writeBuffer(&received)
      return
    }
    var input = received
    if leg.withheld.readableBytes > 0 {
      var whole = leg.withheld
      leg.withheld = ByteBuffer()
      whole.writeBuffer(&input)
      input = whole
    }
    follow(&input, leg)
    usePlainWay()
  }

  /// Takes what came when it was followed up to something that happened.
  func take(_ received: ByteBuffer, passing count: Int, then step: FrameTracker.Step, from leg: RelayLeg) {
    var input = received
    if count > 0, let passing = input.readSlice(length: count) { leg.other?.pass(passing) }
    if handle(step, &input, leg) { follow(&input, leg) }
    usePlainWay()
  }

  private func follow(_ input: inout ByteBuffer, _ leg: RelayLeg) {
    guard let other = leg.other else { return }
    while !state.isDone(leg.side) {
      var position = 0
      let step = input.withUnsafeReadableBytes { leg.tracker.follow($0, &position, stopsAtBoundary: other.hasOwnFrame) }
      if position > 0, let passing = input.readSlice(length: position) { other.pass(passing) }
      other.putOwnFrames()
      guard handle(step, &input, leg) else { return }
    }
  }

  /// - Returns: Whether there may be more to follow.
  private func handle(_ step: FrameTracker.Step, _ input: inout ByteBuffer, _ leg: RelayLeg) -> Bool {
    switch step {
    case .end: return false
    case .boundary: return true
    case .partial:
      // A copy, because a slice would keep the whole buffer that was read into.
      leg.withheld = ByteBuffer(bytes: input.readableBytesView)
      return false
    case .control(let opcode, let headerLength, let payloadLength, let maskingKey):
      guard let frame = input.readSlice(length: headerLength + payloadLength) else { return false }
      var payload = Array(frame.readableBytesView.dropFirst(headerLength))
      payload.withUnsafeMutableBytes { removeMask($0, key: maskingKey, offset: 0) }
      if opcode == .close { gotClose(frame, payload, leg) } else { gotPong(frame, payload, leg) }
      return true
    case .violation(let violation):
      perform(state.fail(leg.side, CloseFrame(violation.code, "\(violation.reason)")))
      return false
    }
  }

  private func gotClose(_ frame: ByteBuffer, _ payload: [UInt8], _ leg: RelayLeg) {
    do throws(WebSocketViolation) {
      perform(state.gotClose(leg.side, try CloseFrame(payload: payload)), passing: frame)
    } catch {
      perform(state.fail(leg.side, CloseFrame(error.code, "\(error.reason)")))
    }
  }

  private func gotPong(_ frame: ByteBuffer, _ payload: [UInt8], _ leg: RelayLeg) {
    if leg === page, payload == awaitedPong {
      awaitedPong = nil
    } else {
      leg.other?.pass(frame)
    }
  }

  /// Lets bytes pass unseen but for their headers, where nothing else is to be done.
  private func usePlainWay() {
    for leg in [page, program] {
      guard let other = leg.other else { continue }
      leg.isPlain =
        hasBegun && !state.isDone(leg.side) && leg.withheld.readableBytes == 0 && !other.hasOwnFrame && !other.isClosed
    }
  }

  // MARK: Closing

  func ended(_ leg: RelayLeg) {
    // Which program's connection ends before the beginning is heard of then, if there will be one.
    guard hasBegun || leg === page || page.context == nil else { return }
    perform(state.ended(leg.side))
    // What waits for the end of its frame waits in vain.
    leg.other?.putOwnFrames()
    if state.isOver || !hasBegun { end() }
  }

  /// The program's process has ended.
  func programEnded(_ close: CloseFrame) {
    programEnding = close
    if hasBegun { perform(state.programEnded(close)) }
  }

  func close(_ code: WebSocketCloseCode, _ reason: String) { perform(state.close(CloseFrame(code, reason))) }

  func abort() {
    page.cut()
    program.cut()
  }

  private func perform(_ actions: [RelayState.Action], passing frame: ByteBuffer? = nil) {
    guard !actions.isEmpty else { return }
    for action in actions {
      switch action {
      case .pass(let side): if let frame { leg(side).passClose(frame) }
      case .close(let side, let close): leg(side).sendClose(close)
      case .finish(let side): leg(side).finish()
      case .cut(let side): leg(side).cut()
      case .settle: schedule(configuration.settleTime) { $0.perform($0.state.settled()) }
      case .expire: expire(waiting: page.bufferedBytes)
      }
    }
    usePlainWay()
    page.flush()
    program.flush()
    // Nothing holds back a side whose bytes are thrown away.
    for leg in [page, program] where leg.isHeld { leg.read() }
  }

  /// Lets the close timeout begin; a page that is still taking what it was sent before has more time.
  private func expire(waiting: Int) {
    schedule(configuration.closeTimeout) { tunnel in
      let waitsNow = tunnel.page.bufferedBytes
      if waitsNow > 0, waitsNow < waiting {
        tunnel.expire(waiting: waitsNow)
      } else {
        tunnel.perform(tunnel.state.expired())
      }
    }
  }

  private func schedule(_ delay: Duration, _ perform: @escaping (RelayTunnel) -> Void) {
    guard !isEnded else { return }
    let timer = shared.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { [weak self] in
      if let self, !self.isEnded { perform(self) }
    }
    timers.append(timer)
  }

  private func end() {
    guard !isEnded else { return }
    isEnded = true
    shared.remove(self)
    for timer in timers { timer.cancel() }
    timers = []
    for leg in [page, program] {
      leg.cutOff()
      leg.tunnel = nil
      leg.other = nil
    }
    onEnd()
  }

  // MARK: Dead pages

  func tick(_ now: NIODeadline) {
    guard hasBegun, !state.isDone(.page) else { return }
    let buffered = page.bufferedBytes
    let isAlive = page.hasHeard || page.isHeld || buffered < lastBuffered
    page.hasHeard = false
    lastBuffered = buffered
    switch watch.tick(now, isAlive: isAlive, isStuck: buffered > 0) {
    case .none: return
    case .ping:
      pings += 1
      page.sendPing(Array("tangor \(pings)".utf8))
      usePlainWay()
      page.flush()
    case .giveUp: perform(state.fail(.page, CloseFrame(.pingTimeout, "no pong came in time")))
    }
  }

  /// The ping is on its way.
  func pinged() {
    awaitedPong = Array("tangor \(pings)".utf8)
    watch.pinged(at: .now())
  }
}
