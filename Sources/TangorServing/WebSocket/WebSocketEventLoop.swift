package import NIOCore

/// A WebSocket as its event loop sees it. All calls come on that loop.
package protocol LoopSocket: AnyObject {
  /// Called each second: the time to ping a silent peer, and to give up on one that does not answer.
  func tick(_ now: NIODeadline)
  /// Begins the closing handshake.
  func close(_ code: WebSocketCloseCode, _ reason: String)
  /// Ends the connection without a word.
  func abort()
}

/// What the WebSockets of one event loop share: working memory, compressors, and one timer for all their pings.
///
/// Used on its event loop only. It exists so that an idle socket owns next to nothing.
package final class WebSocketEventLoop {
  package let eventLoop: any EventLoop
  private let registry: WebSocketRegistry?
  private var scratch: ByteBuffer?
  private var deflated = ByteBuffer()
  private var freeDeflaters: [Int: [Deflater]] = [:]
  private var sockets: [ObjectIdentifier: any LoopSocket] = [:]
  private var timer: RepeatedTask?

  init(eventLoop: any EventLoop, registry: WebSocketRegistry? = nil) {
    self.eventLoop = eventLoop
    self.registry = registry
  }

  /// How many sockets are open on this loop.
  var socketCount: Int { sockets.count }

  /// Lends a large empty buffer to read into; inside its use a second one is made.
  func withScratch<Result>(_ body: (inout ByteBuffer) -> Result) -> Result {
    var buffer = scratch ?? ByteBufferAllocator().buffer(capacity: 65_536)
    scratch = nil
    defer {
      if buffer.capacity <= 1 << 18 {
        buffer.clear()
        scratch = buffer
      }
    }
    return body(&buffer)
  }

  /// Compresses a message; the result is valid until the next call.
  func deflate(_ bytes: UnsafeRawBufferPointer, with deflater: Deflater, _ use: (UnsafeRawBufferPointer) -> Void) {
    deflated.clear()
    deflater.deflate(bytes, into: &deflated)
    deflated.withUnsafeReadableBytes(use)
    if deflated.capacity > 1 << 18 { deflated = ByteBuffer() }
  }

  /// A compressor for one message that refers to no other.
  func borrowDeflater(level: Int, windowBits: Int) -> Deflater {
    freeDeflaters[level << 8 | windowBits]?.popLast() ?? Deflater(level: level, windowBits: windowBits)
  }

  func giveBack(_ deflater: Deflater, level: Int, windowBits: Int) {
    deflater.reset()
    freeDeflaters[level << 8 | windowBits, default: []].append(deflater)
  }

  /// Counts a socket, and calls its `tick` each second until it is removed.
  package func add(_ socket: any LoopSocket) {
    registry?.opened()
    sockets[ObjectIdentifier(socket)] = socket
    guard timer == nil else { return }
    let me = NIOLoopBound(self, eventLoop: eventLoop)
    timer = eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in me.value.tick() }
  }

  /// Forgets a socket that has ended.
  package func remove(_ socket: any LoopSocket) {
    guard sockets.removeValue(forKey: ObjectIdentifier(socket)) != nil else { return }
    registry?.closed()
    guard sockets.isEmpty else { return }
    timer?.cancel()
    timer = nil
    freeDeflaters = [:]
    scratch = nil
    deflated = ByteBuffer()
  }

  func closeAll() {
    for socket in Array(sockets.values) { socket.close(.goingAway, "the server is going down") }
  }

  func abortAll() {
    for socket in Array(sockets.values) { socket.abort() }
  }

  private func tick() {
    let now = NIODeadline.now()
    for socket in Array(sockets.values) { socket.tick(now) }
  }
}
