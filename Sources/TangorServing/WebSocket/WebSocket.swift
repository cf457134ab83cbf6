import DequeModule
import NIOConcurrencyHelpers
import NIOCore
import TangorCore

/// A WebSocket as an application's own endpoint sees it.
///
/// ```swift
/// app.webSocket("/shout") { socket in
///   for await message in socket.messages {
///     if case .text(let text) = message { try await socket.send(.text(text.uppercased())) }
///   }
/// }
/// ```
///
/// The endpoint's function runs off the event loop. The socket is closed when it returns (1000) or throws (1011), and the function's
/// task is cancelled when the socket goes. While messages wait to be taken, no more are read from the peer.
public final class WebSocket: Sendable {
  /// A message of either kind.
  public enum Message: Sendable, Hashable {
    case text(String)
    case binary([UInt8])
  }

  private struct State {
    var socket: NIOLoopBound<WebSocketHandler>?
    var received: Deque<Message> = []
    var receivedBytes = 0
    var isHolding = false
    var consumer: UnsafeContinuation<Message?, Never>?
    var code: WebSocketCloseCode?
    var dropped = 0
    var onClose: (@Sendable () -> Void)?
    var hasBegun = false
    var beginning: CheckedContinuation<Void, Never>?
  }

  private let eventLoop: any EventLoop
  private let bufferSize: Int
  private let state = NIOLockedValueBox(State())
  private let room = RoomWaiters()
  /// Who is at the other end.
  public let client: Client
  /// The path that was asked for, with its query, as it came.
  public let uri: String
  /// The elements of the path by their names in the endpoint's pattern, as `room` in `/chat/:room`; decoded.
  public let parameters: [String: String]

  init(eventLoop: any EventLoop, client: Client, uri: String, parameters: [String: String], bufferSize: ByteSize) {
    self.eventLoop = eventLoop
    self.client = client
    self.uri = uri
    self.parameters = parameters
    self.bufferSize = bufferSize.bytes
  }

  /// Why the socket was closed; `nil` while it is open.
  public var closeCode: WebSocketCloseCode? { state.withLockedValue { $0.code } }

  /// How many messages were dropped because the peer read too slowly; for the policy `dropOldest`.
  public var droppedCount: Int { state.withLockedValue { $0.dropped } }

  /// The messages that come, until the socket is closed. They can be taken once, by one task.
  public var messages: Messages { Messages(socket: self) }

  /// Sends a message; with the policy `wait`, waits while the peer reads too slowly.
  ///
  /// - Parameters:
  ///   - message: The message.
  ///   - policy: What happens when the buffer towards the peer is full.
  /// - Throws: `CancellationError` when the socket is closed or the task cancelled.
  public func send(_ message: Message, policy: SlowReaderPolicy = .wait) async throws {
    try await send(waits: policy == .wait) { socket in
      switch message {
      case .text(var text): text.withUTF8 { socket.send(.text, UnsafeRawBufferPointer($0), policy: policy) }
      case .binary(let bytes): bytes.withUnsafeBytes { socket.send(.binary, $0, policy: policy) }
      }
    }
  }

  private func send(waits: Bool, _ perform: @escaping @Sendable (WebSocketHandler) -> Bool) async throws {
    try Task.checkCancellation()
    guard let socket = state.withLockedValue({ $0.socket }) else { throw CancellationError() }
    let limit = bufferSize
    let (wasSent, isFull) = try await eventLoop.submit { () -> (Bool, Bool) in
      let wasSent = perform(socket.value)
      return (wasSent, waits && socket.value.bufferedBytes >= limit)
    }.get()
    guard wasSent else { throw CancellationError() }
    if isFull { try await waitForRoom(socket) }
  }

  private func waitForRoom(_ socket: NIOLoopBound<WebSocketHandler>) async throws {
    // The buffer may have drained before this sender is listed.
    try await room.wait { eventLoop.execute { if socket.value.bufferedBytes == 0 { self.room.resumeAll() } } }
  }

  /// Sends binary messages in one write.
  ///
  /// - Parameters:
  ///   - messages: The messages.
  ///   - done: Called on the event loop when the next ones may be sent, which takes as long as the peer reads too slowly; with false when
  ///     the socket is closed.
  package func send(_ messages: [[UInt8]], done: @escaping @Sendable (_ wereSent: Bool) -> Void) {
    guard let socket = state.withLockedValue({ $0.socket }) else { return done(false) }
    let limit = bufferSize
    eventLoop.execute {
      var wereSent = true
      socket.value.gather {
        for message in messages { wereSent = message.withUnsafeBytes { socket.value.send(.binary, $0, policy: .wait) } && wereSent }
      }
      guard wereSent, socket.value.bufferedBytes >= limit else { return done(wereSent) }
      Task { done((try? await self.waitForRoom(socket)) != nil) }
    }
  }

  /// Begins the closing handshake.
  ///
  /// - Parameters:
  ///   - code: Why.
  ///   - reason: Why, for a person; at most 123 bytes of it are sent.
  public func close(_ code: WebSocketCloseCode = .normal, reason: String = "") {
    guard let socket = state.withLockedValue({ $0.socket }) else { return }
    eventLoop.execute { socket.value.close(code, reason) }
  }

  // MARK: Taking messages

  fileprivate func next() async -> Message? {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        let (message, mustRelease) = state.withLockedValue { state -> (Message??, NIOLoopBound<WebSocketHandler>?) in
          if let message = state.received.popFirst() {
            state.receivedBytes -= message.byteCount
            guard state.isHolding, state.received.isEmpty else { return (message, nil) }
            state.isHolding = false
            return (message, state.socket)
          }
          if state.code != nil || Task.isCancelled { return (.some(nil), nil) }
          precondition(state.consumer == nil, "the messages of a WebSocket are taken by one task")
          state.consumer = continuation
          return (nil, nil)
        }
        if let mustRelease { eventLoop.execute { mustRelease.value.releaseReading() } }
        if let message { continuation.resume(returning: message) }
      }
    } onCancel: {
      state.withLockedValue { $0.consumer.take() }?.resume(returning: nil)
    }
  }

  /// Waits until the socket is open or the connection is lost: the 101 may still be on its way to the event loop.
  func waitForBeginning() async {
    await withCheckedContinuation { continuation in
      let hasBegun = state.withLockedValue { state in
        if !state.hasBegun { state.beginning = continuation }
        return state.hasBegun
      }
      if hasBegun { continuation.resume() }
    }
  }

  /// Lets ``waitForBeginning()`` end.
  func begin() {
    let waiting = state.withLockedValue { state in
      state.hasBegun = true
      return state.beginning.take()
    }
    waiting?.resume()
  }

  func onClose(_ perform: @escaping @Sendable () -> Void) {
    let isClosed = state.withLockedValue { state in
      if state.code == nil { state.onClose = perform }
      return state.code != nil
    }
    if isClosed { perform() }
  }

  /// The messages of a ``WebSocket``.
  public struct Messages: AsyncSequence, Sendable {
    let socket: WebSocket

    public struct Iterator: AsyncIteratorProtocol {
      let socket: WebSocket
      public mutating func next() async -> Message? { await socket.next() }
    }

    public func makeAsyncIterator() -> Iterator { Iterator(socket: socket) }
  }
}

extension WebSocket.Message {
  fileprivate var byteCount: Int {
    switch self {
    case .text(let text): text.utf8.count
    case .binary(let bytes): bytes.count
    }
  }
}

extension WebSocket: WebSocketDelegate {
  package func webSocketOpened(_ socket: WebSocketHandler) {
    let bound = NIOLoopBound(socket, eventLoop: eventLoop)
    state.withLockedValue { $0.socket = bound }
    begin()
  }

  package func webSocket(_ socket: WebSocketHandler, received kind: WebSocketMessageKind, _ bytes: UnsafeRawBufferPointer) {
    let message: Message = kind == .text ? .text(String(decoding: bytes, as: UTF8.self)) : .binary(Array(bytes))
    let (consumer, mustHold) = state.withLockedValue { state -> (UnsafeContinuation<Message?, Never>?, Bool) in
      if let consumer = state.consumer.take() { return (consumer, false) }
      state.received.append(message)
      state.receivedBytes += bytes.count
      guard !state.isHolding, state.received.count >= 64 || state.receivedBytes >= bufferSize else { return (nil, false) }
      state.isHolding = true
      return (nil, true)
    }
    consumer?.resume(returning: message)
    if mustHold { socket.holdReading() }
  }

  package func webSocket(_ socket: WebSocketHandler, dropped count: Int) { state.withLockedValue { $0.dropped += count } }

  package func webSocketDrained(_ socket: WebSocketHandler) { room.resumeAll() }

  package func webSocketClosed(_ socket: WebSocketHandler, _ code: WebSocketCloseCode) {
    let (consumer, onClose) = state.withLockedValue { state in
      state.code = code
      state.socket = nil
      return (state.consumer.take(), state.onClose.take())
    }
    consumer?.resume(returning: nil)
    room.close()
    onClose?()
  }
}
