import NIOConcurrencyHelpers
import NIOCore
import TangorCore
import TangorJSON

/// All requests of one event loop that wait for signals. A signal that ends many of these waits makes one visit to the loop.
final class SignalLoop: SignalSink {
  /// Where a waiting request is kept. It is given away again once the registry has let go of its token.
  private struct Place {
    var connection: (any ParkedConnection)?
    var nextFree: Int?
  }

  private struct Places {
    var all: [Place] = []
    var firstFree: Int?
  }

  let registry: SignalRegistry
  let eventLoop: any EventLoop
  private let places: NIOLoopBoundBox<Places>

  /// Makes one; on its event loop.
  init(_ registry: SignalRegistry, eventLoop: any EventLoop) {
    self.registry = registry
    self.eventLoop = eventLoop
    places = NIOLoopBoundBox(Places(), eventLoop: eventLoop)
  }

  // MARK: On the event loop

  /// Keeps a connection.
  ///
  /// - Returns: Its token.
  func enter(_ connection: any ParkedConnection) -> Int {
    if let free = places.value.firstFree {
      places.value.firstFree = places.value.all[free].nextFree
      places.value.all[free] = Place(connection: connection)
      return free
    }
    places.value.all.append(Place(connection: connection))
    return places.value.all.count - 1
  }

  /// Forgets a connection. Its token stays taken while the registry may still name it.
  func leave(_ token: Int, isOver: Bool) {
    places.value.all[token].connection = nil
    guard isOver else { return }
    places.value.all[token].nextFree = places.value.firstFree
    places.value.firstFree = token
  }

  private func answer(_ tokens: [Int], _ outcome: SignalOutcome) {
    // Encoded once for all.
    let answer = QuickAnswer(outcome)
    for token in tokens {
      let connection = places.value.all[token].connection
      leave(token, isOver: true)
      connection?.answer(answer)
    }
  }

  // MARK: On any thread

  func ended(_ tokens: [Int], _ outcome: SignalOutcome) {
    eventLoop.execute { self.answer(tokens, outcome) }
  }
}

extension QuickAnswer {
  /// What a request is answered whose wait ended so.
  init(_ outcome: SignalOutcome) {
    switch outcome {
    case .signal(let message): self = .document(QuickDocument(body: ByteBuffer(bytes: SignalAnswer.came(message).bytes)))
    case .timedOut: self = .empty
    case .cancelled: self = .failure(TangorError(.canceled))
    case .shutDown: self = .failure(.signalsShutDown)
    }
  }
}

/// The loops of one registry's requests, each made when it is needed.
final class SignalLoops: Sendable {
  private let registry: SignalRegistry
  private let loops = NIOLockedValueBox<[ObjectIdentifier: SignalLoop]>([:])

  init(_ registry: SignalRegistry) { self.registry = registry }

  /// The loop's own; called on that loop.
  func loop(of eventLoop: any EventLoop) -> SignalLoop {
    loops.withLockedValue { loops in
      if let loop = loops[ObjectIdentifier(eventLoop)] { return loop }
      let loop = SignalLoop(registry, eventLoop: eventLoop)
      loops[ObjectIdentifier(eventLoop)] = loop
      return loop
    }
  }
}
