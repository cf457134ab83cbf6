package import NIOCore
package import TangorCore
package import TangorJSON
package import TangorServing

/// Where operations find signals.
package protocol OperationSignals: Sendable {
  /// Waits for the first of some signals.
  ///
  /// - Returns: Its name and value; nil when none came in time.
  func wait(forAny names: [String], within timeout: Duration?) async throws -> (name: String, value: JSONFragment)?
  /// Sends a signal to all that wait for it.
  ///
  /// - Returns: How many it woke.
  func send(_ name: String, value: JSONFragment) throws -> Int
}

/// Carries out the operations of a coroutine, one after the other. Pausing costs no thread.
package struct OperationDriver: Sendable {
  /// The longest sleep; longer ones fail.
  static let maximumSleep = Duration.seconds(86_400)
  /// The most bytes that one read gives.
  static let maximumRead = 1 << 20

  private let signals: (any OperationSignals)?
  private let input: RequestInput
  private let time: TimeSource

  /// - Parameters:
  ///   - signals: The signals, where the application has any.
  ///   - input: The request's body.
  ///   - time: Where time comes from.
  package init(signals: (any OperationSignals)?, input: RequestInput, time: TimeSource = .continuous) {
    self.signals = signals
    self.input = input
    self.time = time
  }

  /// Runs a coroutine to its end.
  ///
  /// - Parameters:
  ///   - coroutine: Gives the operations. What fails is told to it, but for writing to a client that has gone and cancellation, which end
  ///     it.
  ///   - write: Writes a part of the response, and returns once there is room for more.
  /// - Throws: What the coroutine or writing throws; `CancellationError`.
  package func run(_ coroutine: some Coroutine, write: (ByteBuffer) async throws -> Void) async throws {
    var coroutine = coroutine
    var result: OperationResult?
    while let operation = try await coroutine.next(result) {
      try Task.checkCancellation()
      if case .write(let part) = operation {
        if part.readableBytes > 0 { try await write(part) }
        result = .done
      } else {
        do { result = try await perform(operation) } catch {
          try Task.checkCancellation()
          result = .failed(ServiceCaller.failure(error))
        }
      }
    }
  }

  private func perform(_ operation: ServiceOperation) async throws -> OperationResult {
    switch operation {
    case .sleep(let length):
      guard length >= .zero, length <= Self.maximumSleep else {
        throw TangorError(.invalidParameters, "A sleep takes from 0 s to \(Self.maximumSleep.unitDescription).")
      }
      try await time.sleep(time.now() + length)
      return .done
    case .wait(let names, let timeout):
      let found = try await signals(for: "wait").wait(forAny: names, within: timeout)
      return found.map { .signal(name: $0.name, value: $0.value) } ?? .timedOut
    case .send(let name, let value): return .woken(try signals(for: "send").send(name, value: value))
    case .read(let count):
      guard (1...Self.maximumRead).contains(count) else {
        throw TangorError(.invalidParameters, "A read takes from 1 to \(Self.maximumRead) bytes; \(count) came.")
      }
      return .bytes(try await input.read(upTo: count) ?? ByteBuffer())
    case .yield:
      await Task.yield()
      return .done
    case .perform(let body): return .value(try await body())
    case .write: return .done
    }
  }

  private func signals(for operation: String) throws -> any OperationSignals {
    guard let signals else {
      throw TangorError(.internalError, "The operation '\(operation)' needs signals, and this application has none.")
    }
    return signals
  }
}
