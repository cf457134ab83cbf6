import NIOConcurrencyHelpers
package import NIOCore
import TangorCore
package import TangorJSON

/// One live connection: JSON-RPC 2.0 over a WebSocket.
///
/// Messages are parsed, methods found and quick ones answered on the connection's event loop; the others run in tasks that end
/// with the connection. What tasks send is gathered and written in one visit to the event loop.
package final class LiveConnection: WebSocketDelegate, LivePeer {
  private struct State {
    var socket: NIOLoopBound<WebSocketHandler>?
    var calls: [Int: Task<Void, Never>] = [:]
    var callNumbers: [JSONFragment: Int] = [:]
    var nextCall = 0
    var isHolding = false
    var subscriptions: [String: any LiveSubscription] = [:]
    var outgoing: [[UInt8]] = []
    var outgoingBytes = 0
    /// Whether the buffer towards a peer that reads slowly is full.
    var isBacklogged = false
    var isSendScheduled = false
    var isClosed = false
  }

  private let dispatcher: LiveDispatcher
  private let client: Client
  private let eventLoop: any EventLoop
  private let configuration: ServingConfiguration
  private let state = NIOLockedValueBox(State())
  private let room = RoomWaiters()

  package init(dispatcher: LiveDispatcher, client: Client, configuration: ServingConfiguration, eventLoop: any EventLoop) {
    self.dispatcher = dispatcher
    self.client = client
    self.configuration = configuration
    self.eventLoop = eventLoop
  }

  // MARK: On the event loop

  package func webSocketOpened(_ socket: WebSocketHandler) {
    let bound = NIOLoopBound(socket, eventLoop: eventLoop)
    state.withLockedValue { $0.socket = bound }
  }

  package func webSocket(_ socket: WebSocketHandler, received kind: WebSocketMessageKind, _ bytes: UnsafeRawBufferPointer) {
    guard kind == .text else { return socket.close(.unsupportedData, "the live connection speaks JSON in text messages") }
    switch dispatcher.parse(bytes) {
    case .single(let request):
      let work = dispatcher.begin(request, in: bytes, client: client, peer: self)
      if case .answer(let answer) = work {
        if !request.isNotification { _ = answer.withUnsafeBytes { socket.send(.text, $0, policy: .wait) } }
        return
      }
      begin(request, work) { [eventLoop] answer, connection in
        guard let answer else { return }
        if eventLoop.inEventLoop { connection.sendNow(answer) } else { connection.enqueue(answer) }
      }
    case .batch(let requests):
      let batch = LiveBatch(count: requests.count)
      for request in requests {
        begin(request, dispatcher.begin(request, in: bytes, client: client, peer: self)) { answer, connection in
          if let whole = batch.add(answer) { connection.enqueue(whole) }
        }
      }
    case .invalid(let error): sendNow(LiveResponse.error(nil, error))
    }
  }

  package func webSocketDrained(_ socket: WebSocketHandler) {
    state.withLockedValue { $0.isBacklogged = false }
    room.resumeAll()
  }

  package func webSocketClosed(_ socket: WebSocketHandler, _ code: WebSocketCloseCode) {
    let (tasks, subscriptions) = state.withLockedValue { state in
      state.isClosed = true
      defer {
        state.socket = nil
        state.calls = [:]
        state.callNumbers = [:]
        state.subscriptions = [:]
        state.outgoing = []
      }
      return (Array(state.calls.values), Array(state.subscriptions.values))
    }
    for task in tasks { task.cancel() }
    for subscription in subscriptions { subscription.end() }
    room.close()
  }

  private func sendNow(_ bytes: [UInt8]) {
    guard let socket = state.withLockedValue({ $0.socket })?.value else { return }
    // A peer that calls and does not read is not read from either (`wait`), so this cannot grow beyond the calls in flight.
    _ = bytes.withUnsafeBytes { socket.send(.text, $0, policy: .wait) }
  }

  // MARK: Calls

  /// Begins a request; `finish` gets the bytes of its answer, or `nil` for a notification.
  private func begin(
    _ request: LiveRequest, _ work: LiveDispatcher.Work,
    finish: @escaping @Sendable (_ answer: [UInt8]?, _ connection: LiveConnection) -> Void
  ) {
    let id = request.id
    let isNotification = request.isNotification
    let answer: @Sendable (Result<JSONFragment, TangorError>) -> [UInt8]? = { result in
      if isNotification { return nil }
      return switch result {
      case .success(let value): LiveResponse.result(id ?? .null, value)
      case .failure(let error): LiveResponse.error(id, error)
      }
    }
    switch work {
    case .answer(let bytes): finish(isNotification ? nil : bytes, self)
    case .done(let result): finish(answer(result), self)
    case .cancel(let id):
      state.withLockedValue { state in state.callNumbers[id].flatMap { state.calls[$0] } }?.cancel()
      finish(answer(.success(JSONFragment(unchecked: Array("{}".utf8)))), self)
    case .task(let work): start(work, id: id) { [self] in finish(answer($0), self) }
    }
  }

  private func start(
    _ work: @escaping @Sendable () async -> Result<JSONFragment, TangorError>, id: JSONFragment?,
    completion: @escaping @Sendable (Result<JSONFragment, TangorError>) -> Void
  ) {
    let number = state.withLockedValue { state in
      state.nextCall += 1
      return state.nextCall
    }
    let mustHold = state.withLockedValue { state in
      // Made under the lock, so that the task cannot end before it is listed.
      state.calls[number] = Task {
        let result = await work()
        completion(result)
        self.ended(number, id)
      }
      if let id { state.callNumbers[id] = number }
      guard state.calls.count >= configuration.maximumCallsInFlight, !state.isHolding else { return false }
      state.isHolding = true
      return true
    }
    if mustHold { state.withLockedValue { $0.socket }?.value.holdReading() }
  }

  private func ended(_ number: Int, _ id: JSONFragment?) {
    let released = state.withLockedValue { state -> NIOLoopBound<WebSocketHandler>? in
      state.calls[number] = nil
      if let id, state.callNumbers[id] == number { state.callNumbers[id] = nil }
      guard state.isHolding, state.calls.count < configuration.maximumCallsInFlight else { return nil }
      state.isHolding = false
      return state.socket
    }
    if let released { eventLoop.execute { released.value.releaseReading() } }
  }

  // MARK: Sending from anywhere

  /// Adds a message to those that go out at the next visit to the event loop.
  ///
  /// - Returns: Whether there is room for more; `nil` when the connection has gone.
  @discardableResult
  private func enqueue(_ bytes: [UInt8]) -> Bool? {
    let (schedule, hasRoom) = state.withLockedValue { state -> (Bool, Bool?) in
      guard !state.isClosed else { return (false, nil) }
      state.outgoing.append(bytes)
      state.outgoingBytes += bytes.count
      defer { state.isSendScheduled = true }
      return (!state.isSendScheduled, !state.isBacklogged && state.outgoingBytes < configuration.webSocket.bufferSize.bytes)
    }
    if schedule { eventLoop.execute { self.sendOutgoing() } }
    return hasRoom
  }

  private func sendOutgoing() {
    let (messages, socket) = state.withLockedValue { state in
      defer {
        state.outgoing = []
        state.outgoingBytes = 0
        state.isSendScheduled = false
      }
      return (state.outgoing, state.socket)
    }
    guard let socket = socket?.value else { return }
    for message in messages { _ = message.withUnsafeBytes { socket.send(.text, $0, policy: .wait) } }
    let isBacklogged = socket.bufferedBytes >= configuration.webSocket.bufferSize.bytes
    state.withLockedValue { $0.isBacklogged = isBacklogged }
    if !isBacklogged { room.resumeAll() }
  }

  package func notify(_ method: String, _ parameters: JSONFragment) async throws {
    try Task.checkCancellation()
    guard let hasRoom = enqueue(LiveResponse.notification(method, parameters)) else { throw CancellationError() }
    if hasRoom { return }
    // All that was queued may have gone out by the time that the waiter is listed; then nobody else would wake it.
    try await room.wait { eventLoop.execute { self.sendOutgoing() } }
  }

  // MARK: Subscriptions

  package func add(_ subscription: any LiveSubscription, named name: String) throws {
    try state.withLockedValue { state in
      guard !state.isClosed else { throw CancellationError() }
      guard state.subscriptions[name] == nil else {
        throw TangorError(.invalidRequest, "This connection is subscribed to it already.")
      }
      guard state.subscriptions.count < configuration.maximumSubscriptions else {
        throw TangorError(
          .tooManyRequests, "A connection may have \(configuration.maximumSubscriptions) subscriptions.", retryAfter: .seconds(1))
      }
      state.subscriptions[name] = subscription
    }
  }

  package func subscription(named name: String) -> (any LiveSubscription)? { state.withLockedValue { $0.subscriptions[name] } }

  package func removeSubscription(named name: String) { state.withLockedValue { _ = $0.subscriptions.removeValue(forKey: name) } }
}

/// The answers of one batch, put together once all are there.
final class LiveBatch: Sendable {
  private let state: NIOLockedValueBox<(left: Int, bytes: [UInt8])>

  init(count: Int) { state = NIOLockedValueBox((count, [])) }

  /// Adds an answer, or `nil` for a notification.
  ///
  /// - Returns: The whole batch's answer when this was the last and there is anything to answer.
  func add(_ answer: [UInt8]?) -> [UInt8]? {
    state.withLockedValue { state in
      if let answer {
        state.bytes.append(UInt8(ascii: state.bytes.isEmpty ? "[" : ","))
        state.bytes.append(contentsOf: answer)
      }
      state.left -= 1
      guard state.left == 0, !state.bytes.isEmpty else { return nil }
      state.bytes.append(UInt8(ascii: "]"))
      return state.bytes
    }
  }
}
