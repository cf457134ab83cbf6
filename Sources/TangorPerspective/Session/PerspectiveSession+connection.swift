import TangorTables

extension PerspectiveSession {
  /// Why a connection's session is over.
  package enum Ending: Sendable {
    /// The client went, or the task was cancelled.
    case ended
    /// The client did not read what it had subscribed to.
    case overrun
  }

  /// Serves a connection until it ends, and closes the session then.
  ///
  /// - Parameters:
  ///   - messages: What comes, until the client is gone. The next one is taken when the one before is answered.
  ///   - send: Sends messages in order, without waiting for anything, and calls back when the next ones may be sent: with false when none
  ///     can be sent any more.
  package func run<Messages: AsyncSequence & Sendable>(
    _ messages: Messages, send: @escaping @Sendable ([[UInt8]], @escaping @Sendable (Bool) -> Void) -> Void
  ) async -> Ending where Messages.Element == [UInt8] {
    let outbox = self.outbox
    outbox.attach { messages in send(messages) { canSend in canSend ? outbox.sent() : outbox.finish() } }
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        // A connection that fails has ended as well.
        do { for try await message in messages { await self.receive(Vector(message)) } } catch {}
      }
      // A client that cannot be sent anything, or does not read, is seen off whatever it asks for.
      group.addTask { await outbox.end() }
      await group.next()
      group.cancelAll()
    }
    await close()
    return outbox.isOverrun ? .overrun : .ended
  }
}
