package import TangorCore
package import TangorJSON

/// Who gets which value of a stream, and when the sequence is to be stepped. A pure value: no clock, no lock, no task.
///
/// Pulls wait in the order of their arrival. The sequence is stepped only while a pull waits or a step that one began has not brought a
/// value yet. A value is given to one pull, unless a pull names its position with `after`; then it may be given again for as long as it is
/// kept.
package struct StreamStateMachine: Sendable {
  package typealias Answer = Result<Pull, TangorError>

  /// The bounds of one stream.
  package struct Limits: Sendable {
    package var replayValues = 64
    package var replayBytes = 1 << 20
    package var batchBytes = 1 << 20
    package var waitingPulls = 1_000

    package init() {}
  }

  /// A pull that waits.
  struct Waiter: Sendable {
    let id: Int
    let request: PullRequest
  }

  /// What the driver of the sequence does next.
  package enum Next: Sendable {
    /// Nothing: no pull waits for a value, or the stream is over.
    case rest
    /// Takes a step; the first pull has nothing yet.
    case step
    /// Takes a step if that goes without waiting; the first pull has values already and would take more.
    case fill
  }

  /// What became of the key.
  package enum Ending: Sendable {
    /// A reader without a position was told the end: the key is invalid.
    case removed
    /// A reader with a position was told the end: the key answers repeats for a while.
    case retired
  }

  /// What follows from an event.
  package struct Actions: Sendable {
    package var answers: [(id: Int, answer: Answer)] = []
    package var next = Next.rest
    package var ending: Ending?
  }

  /// How the sequence stands.
  enum End: Sendable {
    case open
    case finished
    case failed(TangorError)
    /// The stream was ended from outside; every pull gets this error.
    case closed(TangorError)
  }

  let limits: Limits
  var window = ReplayWindow()
  /// The highest index given out.
  var delivered = 0
  /// Values that were given out and came back, in the order of their indexes.
  var returned: [StreamValue] = []
  var waiting: [Waiter] = []
  var end = End.open
  /// Whether a step runs.
  package private(set) var isStepping = false
  /// The last progress, and how many values there were when it was reported.
  var progress: (value: Progress, count: Int)?
  /// Whether a reader that passes progress on has yet to get it.
  var isProgressNews = false
  /// Bytes of values that came since the first pull began to wait for them.
  private var filledBytes = 0

  package init(limits: Limits) { self.limits = limits }

  /// How many pulls wait.
  package var waitingCount: Int { waiting.count }
  /// Whether the sequence has ended or the stream was closed.
  package var isOver: Bool { if case .open = end { false } else { true } }

  // MARK: Events

  /// What a pull gets at once, or whether it waits and the caller has to step the sequence.
  package enum Arrival: Sendable {
    case answered(Answer, Ending?)
    case waits(mustStep: Bool)
  }

  /// A pull arrives.
  package mutating func pull(_ id: Int, _ request: PullRequest) -> Arrival {
    let isFirst = waiting.isEmpty
    // A repeat takes nothing from those who wait, so it need not wait behind them.
    if isFirst || request.after.map({ $0 < delivered }) == true {
      switch evaluate(request) {
      case .full: return answerNow(request)
      case .some where isStepping || !isFirst: return answerNow(request)
      default: break
      }
    } else if isOver {
      return answerNow(request)
    }
    guard waiting.count < limits.waitingPulls else {
      let detail = "\(limits.waitingPulls) pulls wait on this stream already; let one end first."
      return .answered(.failure(TangorError(.tooManyRequests, detail, retryAfter: .seconds(1))), nil)
    }
    waiting.append(Waiter(id: id, request: request))
    if isStepping { return .waits(mustStep: false) }
    isStepping = true
    filledBytes = 0
    return .waits(mustStep: true)
  }

  private mutating func answerNow(_ request: PullRequest) -> Arrival {
    var ending: Ending?
    let answer = take(request, &ending)
    return .answered(answer, ending)
  }

  /// A step gave a value.
  package mutating func receive(_ value: JSONFragment) -> Actions {
    guard case .open = end else { return Actions() }
    window.append(value)
    filledBytes += value.bytes.count
    isProgressNews = false
    return serve()
  }

  /// A step gave a progress.
  package mutating func receive(_ progress: Progress) -> Actions {
    guard case .open = end else { return Actions() }
    self.progress = (progress, window.lastIndex)
    isProgressNews = true
    // A pull that has gone still wants its value: the next one will find it.
    guard !waiting.isEmpty else {
      var actions = Actions()
      actions.next = .step
      return actions
    }
    return serve()
  }

  /// A step found the end of the sequence, or failed.
  package mutating func finish(_ error: TangorError?) -> Actions {
    guard case .open = end else { return Actions() }
    end = error.map { .failed($0) } ?? .finished
    return serve()
  }

  /// The step that was to fill the first pull's answer would have to wait, or the driver has worked long enough: the pull gets what there
  /// is.
  ///
  /// - Parameter stepRuns: Whether a step runs on.
  package mutating func settle(stepRuns: Bool) -> Actions {
    guard case .open = end else { return Actions() }
    var actions = Actions()
    if let first = waiting.first, case .some = evaluate(first.request) { answerFirst(&actions) }
    return stepRuns ? serveWhileStepping(actions) : serve(actions)
  }

  /// A pull's caller has gone, or gives up: it is answered `canceled`, and those behind it may get what was kept for it.
  ///
  /// - Returns: What follows; nil where the pull had its answer before.
  package mutating func cancel(_ id: Int) -> Actions? {
    guard let place = waiting.firstIndex(where: { $0.id == id }) else { return nil }
    waiting.remove(at: place)
    var actions = Actions()
    actions.answers.append((id, .failure(TangorError(.canceled))))
    return serveWhileStepping(actions)
  }

  /// The time that a pull was ready to wait is over: it gets what there is, or hears that there is nothing yet.
  ///
  /// - Returns: What follows, its own answer first; nil where it had its answer before.
  package mutating func timeOut(_ id: Int) -> Actions? {
    guard let place = waiting.firstIndex(where: { $0.id == id }) else { return nil }
    var actions = Actions()
    if place == 0, case .some = evaluate(waiting[0].request) {
      answerFirst(&actions)
    } else {
      let request = waiting.remove(at: place).request
      let isCurrent = progress.map { $0.count == window.lastIndex } ?? false
      let answer = Pull.pending(index: request.after ?? delivered, progress: isCurrent ? progress?.value : nil)
      actions.answers.append((id, .success(answer)))
    }
    return serveWhileStepping(actions)
  }

  /// Values could not be brought to the reader that took them: the next pull gets them.
  package mutating func putBack(_ values: [StreamValue]) -> Actions {
    if case .closed = end { return Actions() }
    returned = (returned + values).sorted { $0.index < $1.index }
    return isStepping ? serveWhileStepping(Actions()) : serve()
  }

  /// A reader that does not take the end with its pull has told it.
  ///
  /// - Parameter positioned: Whether the reader may come back with a position.
  package mutating func confirmEnd(positioned: Bool) -> Ending? {
    guard isOver, returned.isEmpty, delivered == window.lastIndex else { return nil }
    return positioned ? .retired : .removed
  }

  /// The stream is ended from outside: every pull gets an error, now and later.
  package mutating func close(_ error: TangorError) -> Actions {
    if case .closed = end { return Actions() }
    end = .closed(error)
    window = ReplayWindow()
    returned = []
    progress = nil
    return serve()
  }

  // MARK: Serving

  /// Answers pulls in their order for as long as there is something for them, and says what the driver does next.
  private mutating func serve(_ soFar: Actions = Actions()) -> Actions {
    var actions = soFar
    serving: while let first = waiting.first {
      switch evaluate(first.request) {
      case .full: answerFirst(&actions)
      case .some where first.request.reportsProgress && isProgressNews: answerFirst(&actions)
      case .some:
        actions.next = .fill
        break serving
      case .none:
        actions.next = .step
        break serving
      }
    }
    if case .rest = actions.next { isStepping = false } else { isStepping = true }
    return actions
  }

  /// The same while a step runs, which alone can bring more.
  private mutating func serveWhileStepping(_ soFar: Actions) -> Actions {
    var actions = soFar
    while let first = waiting.first {
      if case .none = evaluate(first.request) { break }
      answerFirst(&actions)
    }
    return actions
  }

  private mutating func answerFirst(_ actions: inout Actions) {
    let first = waiting.removeFirst()
    filledBytes = 0
    actions.answers.append((first.id, take(first.request, &actions.ending)))
  }

  private enum Supply { case none, some, full }

  /// How much of what a pull wants is there; an error and the end are all that it can get.
  private func evaluate(_ request: PullRequest) -> Supply {
    if case .closed = end { return .full }
    let count: Int
    if let after = request.after {
      if after > delivered { return .full }
      count = value(at: after + 1) == nil && after < delivered ? request.maximum : window.lastIndex - after
    } else {
      count = returned.count + window.lastIndex - delivered
    }
    if count >= request.maximum || isOver { return .full }
    if count > 0 { return filledBytes >= limits.batchBytes ? .full : .some }
    return request.reportsProgress && isProgressNews ? .full : .none
  }

  private func value(at index: Int) -> StreamValue? {
    if index >= window.firstIndex { return index <= window.lastIndex ? window[index] : nil }
    return returned.first { $0.index == index }
  }

  /// Takes what a pull gets; `evaluate` has found that there is something.
  private mutating func take(_ request: PullRequest, _ ending: inout Ending?) -> Answer {
    if case .closed(let error) = end { return .failure(error) }
    if let after = request.after, let error = positionError(after) { return .failure(error) }
    guard let first = takeValue(after: request.after) else { return takeEvent(request, &ending) }
    var rest: [StreamValue] = []
    var bytes = first.json.bytes.count
    while rest.count + 1 < request.maximum, bytes < limits.batchBytes,
      let next = takeValue(after: request.after == nil ? nil : rest.last?.index ?? first.index)
    {
      rest.append(next)
      bytes += next.json.bytes.count
    }
    trim()
    let last = rest.last?.index ?? first.index
    let isFitting = progress.map { $0.count >= first.index - 1 && $0.count < last } ?? false
    return .success(.values(PulledValues(first: first, rest: rest, progress: isFitting ? progress?.value : nil)))
  }

  /// Why nothing can be read after a position; nil where it can.
  func positionError(_ after: Int) -> TangorError? {
    if after > delivered {
      return TangorError(.streamPositionAhead, "Nothing after \(delivered) has been given out yet, so nothing can follow \(after).")
    }
    if after < delivered, value(at: after + 1) == nil {
      let detail = "The value after \(after) is kept no more; the oldest that is has index \(window.firstIndex)."
      return TangorError(.streamPositionLost, detail)
    }
    return nil
  }

  /// The values up to an index, oldest first, as far as they are kept.
  func recent(upTo index: Int, count: Int) -> [StreamValue] {
    let last = min(index, delivered)
    let first = max(window.firstIndex, last - count + 1)
    return first <= last ? (first...last).map { window[$0] } : []
  }

  private mutating func takeValue(after position: Int?) -> StreamValue? {
    let value: StreamValue
    if let position {
      guard let next = self.value(at: position + 1) else { return nil }
      value = next
      if !returned.isEmpty { returned.removeAll { $0.index == next.index } }
    } else if !returned.isEmpty {
      value = returned.removeFirst()
    } else {
      guard delivered < window.lastIndex else { return nil }
      value = window[delivered + 1]
    }
    delivered = max(delivered, value.index)
    return value
  }

  /// What a pull gets for which there is no value: the end, or a progress.
  private mutating func takeEvent(_ request: PullRequest, _ ending: inout Ending?) -> Answer {
    if case .open = end {
      guard let progress, request.reportsProgress else { return .success(.pending(index: request.after ?? delivered, progress: nil)) }
      isProgressNews = false
      return .success(.progress(progress.value))
    }
    if request.takesEnd { ending = request.after != nil || ending == .retired ? .retired : .removed }
    if case .failed(let error) = end { return .failure(error) }
    return .success(.finished(index: window.lastIndex))
  }

  /// Forgets the oldest values given out that are over the bounds; the latest is always kept.
  private mutating func trim() {
    while window.firstIndex < delivered,
      delivered - window.firstIndex + 1 > limits.replayValues || window.byteCount > limits.replayBytes
    {
      window.dropFirst()
    }
  }
}
