import NIOCore

/// What the HTTP connections of one event loop share: one timer for all their deadlines.
///
/// Used on its event loop only. It exists so that an idle connection owns next to nothing.
final class ConnectionLoop {
  private let eventLoop: any EventLoop
  private var deadlines = DeadlineHeap<HTTPConnectionHandler>()
  private var timer: Scheduled<Void>?
  private var timerEnd = NIODeadline.distantFuture

  init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  /// Calls a connection's `timeIsUp` at a deadline, in the place of the one it had.
  func schedule(_ connection: HTTPConnectionHandler, at deadline: NIODeadline) {
    deadlines.set(connection, to: deadline)
    setTimer()
  }

  /// Calls it earlier than it would be called.
  func hasten(_ connection: HTTPConnectionHandler, to deadline: NIODeadline) {
    if let set = deadlines.deadline(of: connection), set <= deadline { return }
    schedule(connection, at: deadline)
  }

  /// Forgets a connection that has gone, or is none of HTTP's any more.
  func remove(_ connection: HTTPConnectionHandler) {
    deadlines.remove(connection)
    // A timer that comes too early costs nothing; one that nobody needs would keep this alive.
    guard deadlines.isEmpty else { return }
    timer?.cancel()
    timer = nil
    timerEnd = .distantFuture
  }

  /// Lets all connections end what is under way, and take nothing new.
  func quiesce() {
    for connection in deadlines.holders { connection.quiesce() }
  }

  /// Closes the connections that no task would close.
  func closeTaskless() {
    for connection in deadlines.holders { connection.closeTaskless() }
  }

  private func setTimer() {
    guard let first = deadlines.first, first < timerEnd else { return }
    timer?.cancel()
    timerEnd = first
    timer = eventLoop.assumeIsolated().scheduleTask(deadline: first) { self.tick() }
  }

  private func tick() {
    timer = nil
    timerEnd = .distantFuture
    for connection in deadlines.takeDue(at: .now()) { connection.timeIsUp() }
    setTimer()
  }
}
