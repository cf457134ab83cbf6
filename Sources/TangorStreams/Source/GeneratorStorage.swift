import Synchronization

/// The meeting place of a generator's body, which offers elements, and the stream, which takes them one at a time.
///
/// An offer stays suspended until the pull after the one that took it, so the body never runs ahead. Several tasks of one body may offer at
/// the same time; they are served in order.
final class GeneratorStorage: Sendable {
  private struct Offer {
    let id: Int
    let element: StreamElement
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var body: (@Sendable () async throws -> Void)?
    var task: Task<Void, Never>?
    var liveTasks: LiveTasks?
    /// The pull that waits for an offer.
    var reader: CheckedContinuation<StreamElement?, any Error>?
    /// Offers that no pull has taken yet.
    var offers: [Offer] = []
    /// The offer that the last pull took; the next one lets it go on.
    var taken: Offer?
    /// How the body ended.
    var end: Result<Void, any Error>?
    var isCancelled = false
    var nextID = 0
    /// Offers cancelled before they were made.
    var cancelledOffers: Set<Int> = []
  }

  private let state = Mutex(State())

  func prepare(_ body: @escaping @Sendable () async throws -> Void) { state.withLock { $0.body = body } }

  func attach(_ liveTasks: LiveTasks) { state.withLock { $0.liveTasks = liveTasks } }

  // MARK: The stream's side

  /// The next element; starts the body or lets it go on.
  func next() async throws -> StreamElement? {
    let (body, resumed, liveTasks) = state.withLock { state in
      defer {
        state.taken = nil
        state.body = nil
      }
      return (state.isCancelled ? nil : state.body, state.taken?.continuation, state.liveTasks)
    }
    resumed?.resume()
    if let body { start(body, liveTasks) }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let result: Result<StreamElement?, any Error>? = state.withLock { state in
          if state.isCancelled { return .failure(CancellationError()) }
          if !state.offers.isEmpty {
            let offer = state.offers.removeFirst()
            state.taken = offer
            return .success(offer.element)
          }
          if let end = state.end { return end.map { nil } }
          state.reader = continuation
          return nil
        }
        if let result { continuation.resume(with: result) }
      }
    } onCancel: {
      cancel()
    }
  }

  private func start(_ body: @escaping @Sendable () async throws -> Void, _ liveTasks: LiveTasks?) {
    liveTasks?.begin()
    let task = Task.immediate {
      let end: Result<Void, any Error>
      do {
        try await body()
        end = .success(())
      } catch {
        end = .failure(error)
      }
      liveTasks?.end()
      self.finish(end)
    }
    let isCancelled = state.withLock { state in
      if state.end == nil { state.task = task }
      return state.isCancelled
    }
    if isCancelled { task.cancel() }
  }

  private func finish(_ end: Result<Void, any Error>) {
    let reader = state.withLock { state in
      state.end = end
      state.task = nil
      return state.reader.take()
    }
    reader?.resume(with: end.map { nil })
  }

  /// Ends the body: its task is cancelled, and everything that waits here throws.
  func cancel() {
    let (task, reader, offers) = state.withLock { state in
      state.isCancelled = true
      let offers = state.offers + (state.taken.map { [$0] } ?? [])
      state.offers = []
      state.taken = nil
      state.body = nil
      return (state.task.take(), state.reader.take(), offers)
    }
    task?.cancel()
    reader?.resume(throwing: CancellationError())
    for offer in offers { offer.continuation.resume(throwing: CancellationError()) }
  }

  // MARK: The body's side

  /// Offers an element and waits until the pull after the one that takes it.
  func offer(_ element: StreamElement) async throws {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let (isRefused, reader) = state.withLock { state -> (Bool, CheckedContinuation<StreamElement?, any Error>?) in
          if state.cancelledOffers.remove(id) != nil || state.isCancelled || state.end != nil { return (true, nil) }
          let offer = Offer(id: id, element: element, continuation: continuation)
          guard let reader = state.reader.take() else {
            state.offers.append(offer)
            return (false, nil)
          }
          state.taken = offer
          return (false, reader)
        }
        if isRefused { continuation.resume(throwing: CancellationError()) }
        reader?.resume(returning: element)
      }
    } onCancel: {
      withdraw(id)
    }
  }

  /// Ends one offer whose task was cancelled.
  private func withdraw(_ id: Int) {
    let offer = state.withLock { state -> Offer? in
      if state.taken?.id == id { return state.taken.take() }
      if let index = state.offers.firstIndex(where: { $0.id == id }) { return state.offers.remove(at: index) }
      if !state.isCancelled, state.end == nil { state.cancelledOffers.insert(id) }
      return nil
    }
    offer?.continuation.resume(throwing: CancellationError())
  }
}
