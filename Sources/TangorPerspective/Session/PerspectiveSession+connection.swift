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
  ///   - send: Sends messages in order, and returns when the next ones may be sent; throws when none can be sent any more.
  package func run<Messages: AsyncSequence & Sendable>(
    _ messages: Messages, send: @escaping @Sendable ([[UInt8]]) async throws -> Void
  ) async -> Ending where Messages.Element == [UInt8] {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        while true {
          let messages = await self.outbox.next()
          guard !messages.isEmpty else { return }
          do { try await send(messages) } catch { return }
        }
      }
      group.addTask {
        // A connection that fails has ended as well.
        do { for try await message in messages { await self.receive(Vector(message)) } } catch {}
      }
      // A client that does not read keeps the sender waiting, and is seen off all the same.
      group.addTask { await self.outbox.end() }
      await group.next()
      group.cancelAll()
    }
    await close()
    return outbox.isOverrun ? .overrun : .ended
  }
}
