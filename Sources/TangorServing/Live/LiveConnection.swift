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
    var calls: [Int: CallInFlight] = [:]
    var nextCall = 0
    var isHolding = false
    var subscriptions: [String: any LiveSubscription] = [:]
    /// Subscriptions that the session holds.
    var reserved = 0
    var session: NIOLoopBound<any LiveSession>?
    /// The batch whose requests are being begun.
    var batch: LiveBatch?
    var outgoing: [[UInt8]] = []
    var outgoingBytes = 0
    /// Whether the buffer towards a peer that reads slowly is full.
    var isBacklogged = false
    var isSendScheduled = false
    var isClosed = false
  }

  /// A call that was not answered at once.
  private struct CallInFlight {
    enum Work {
      case task(Task<Void, Never>)
      case deferred(any LiveDeferred)
    }

    let id: JSONFragment?
    let work: Work

    func cancel() {
      switch work {
      case .task(let task): task.cancel()
      case .deferred(let work): work.cancel()
      }
    }
  }

  private let dispatcher: LiveDispatcher
  private let client: Client
  package let eventLoop: any EventLoop
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
      state.withLockedValue { $0.batch = batch }
      for request in requests {
        begin(request, dispatcher.begin(request, in: bytes, client: client, peer: self)) { answer, connection in
          if let whole = batch.add(answer) { connection.enqueue(whole) }
          for follower in batch.takeFollowers() { connection.eventLoop.execute(follower) }
        }
      }
      state.withLockedValue { $0.batch = nil }
    case .invalid(let error): sendNow(LiveResponse.error(nil, error))
    }
  }

  package func webSocketDrained(_ socket: WebSocketHandler) {
    let session = state.withLockedValue { state in
      state.isBacklogged = false
      return state.session
    }
    room.resumeAll()
    session?.value.drained()
  }

  package func webSocketClosed(_ socket: WebSocketHandler, _ code: WebSocketCloseCode) {
    let (calls, subscriptions, session) = state.withLockedValue { state in
      state.isClosed = true
      defer {
        state.socket = nil
        state.session = nil
        state.calls = [:]
        state.subscriptions = [:]
        state.outgoing = []
      }
      return (Array(state.calls.values), Array(state.subscriptions.values), state.session)
    }
    for call in calls { call.cancel() }
    session?.value.closed()
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
      call(id)?.cancel()
      finish(answer(.success(JSONFragment(unchecked: Array("{}".utf8)))), self)
    case .deferred(let work, let method):
      let number = add(id) { _ in .deferred(work) }
      work.start { [self] result in
        finish(answer(dispatcher.outcome(result, of: method)), self)
        ended(number)
      }
    case .task(let work):
      _ = add(id) { number in
        .task(
          Task { [self] in
            finish(answer(await work()), self)
            ended(number)
          })
      }
    }
  }

  /// Lists a call that was not answered at once.
  ///
  /// - Parameter begin: Makes it of its number. Called under the lock, so that a task cannot end before it is listed.
  private func add(_ id: JSONFragment?, _ begin: (_ number: Int) -> CallInFlight.Work) -> Int {
    let (number, socket) = state.withLockedValue { state -> (Int, NIOLoopBound<WebSocketHandler>?) in
      state.nextCall += 1
      state.calls[state.nextCall] = CallInFlight(id: id, work: begin(state.nextCall))
      guard state.calls.count >= configuration.maximumCallsInFlight, !state.isHolding else { return (state.nextCall, nil) }
      state.isHolding = true
      return (state.nextCall, state.socket)
    }
    socket?.value.holdReading()
    return number
  }

  /// The last call in flight with an id.
  private func call(_ id: JSONFragment) -> CallInFlight? {
    state.withLockedValue { state in state.calls.filter { $0.value.id == id }.max { $0.key < $1.key }?.value }
  }

  private func ended(_ number: Int) {
    let released = state.withLockedValue { state -> NIOLoopBound<WebSocketHandler>? in
      state.calls[number] = nil
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
    socket.gather { for message in messages { _ = message.withUnsafeBytes { socket.send(.text, $0, policy: .wait) } } }
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
      guard state.subscriptions.count + state.reserved < configuration.maximumSubscriptions else { throw tooManySubscriptions }
      state.subscriptions[name] = subscription
    }
  }

  package func subscription(named name: String) -> (any LiveSubscription)? { state.withLockedValue { $0.subscriptions[name] } }

  package func removeSubscription(named name: String) { state.withLockedValue { _ = $0.subscriptions.removeValue(forKey: name) } }

  private var tooManySubscriptions: TangorError {
    TangorError(.tooManyRequests, "A connection may have \(configuration.maximumSubscriptions) subscriptions.", retryAfter: .seconds(1))
  }
}

/// What a part of the server keeps for one live connection. Used on the connection's event loop.
package protocol LiveSession: AnyObject {
  /// There is room again towards a peer that read slowly.
  func drained()
  /// The connection has gone; nothing follows.
  func closed()
}

extension LiveConnection {
  /// The socket while it is open. On the event loop only.
  package var openSocket: WebSocketHandler? { state.withLockedValue { $0.socket }?.value }

  /// The session, once there is one. On the event loop only.
  package var session: (any LiveSession)? { state.withLockedValue { $0.session }?.value }

  /// Keeps a session until the connection goes. On the event loop only.
  ///
  /// - Throws: `CancellationError` when it has gone.
  package func begin(_ session: any LiveSession) throws {
    let bound = NIOLoopBound(session, eventLoop: eventLoop)
    try state.withLockedValue { state in
      guard !state.isClosed else { throw CancellationError() }
      state.session = bound
    }
  }

  /// Counts subscriptions of the session, or fewer.
  ///
  /// - Throws: `too_many_requests` when there would be more than a connection may have; then none was counted.
  package func countSubscriptions(_ change: Int) throws {
    try state.withLockedValue { state in
      let count = state.reserved + change
      guard change <= 0 || state.subscriptions.count + count <= configuration.maximumSubscriptions else { throw tooManySubscriptions }
      state.reserved = count
    }
  }

  /// The largest message that may be sent, and the bytes that may wait for a slow reader.
  package var limits: (message: Int, buffer: Int) {
    (configuration.webSocket.maximumMessageSize.bytes, configuration.webSocket.bufferSize.bytes)
  }

  /// Calls back once the request that is being answered has its answer on the way. For immediate methods, on the event loop.
  package func afterAnswer(_ body: @escaping @Sendable () -> Void) {
    if let batch = state.withLockedValue({ $0.batch }) { batch.add(follower: body) } else { eventLoop.execute(body) }
  }
}

/// The answers of one batch, put together once all are there.
final class LiveBatch: Sendable {
  private struct State {
    var left: Int
    var bytes: [UInt8] = []
    var followers: [@Sendable () -> Void] = []
  }

  private let state: NIOLockedValueBox<State>

  init(count: Int) { state = NIOLockedValueBox(State(left: count)) }

  /// Adds what is to be done behind the batch's answer.
  func add(follower: @escaping @Sendable () -> Void) { state.withLockedValue { $0.followers.append(follower) } }

  /// What is to be done now; nothing before the batch is answered.
  func takeFollowers() -> [@Sendable () -> Void] {
    state.withLockedValue { state in
      guard state.left == 0 else { return [] }
      defer { state.followers = [] }
      return state.followers
    }
  }

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
