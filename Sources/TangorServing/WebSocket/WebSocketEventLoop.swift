import NIOConcurrencyHelpers
import NIOCore

/// What the WebSockets of one event loop share: working memory, compressors, and one timer for all their pings.
///
/// Used on its event loop only. It exists so that an idle socket owns next to nothing.
final class WebSocketEventLoop {
  let eventLoop: any EventLoop
  private var scratch: ByteBuffer?
  private var deflated = ByteBuffer()
  private var freeDeflaters: [Int: [Deflater]] = [:]
  private var sockets: [ObjectIdentifier: WebSocketHandler] = [:]
  private var timer: RepeatedTask?

  init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

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

  func add(_ socket: WebSocketHandler) {
    sockets[ObjectIdentifier(socket)] = socket
    guard timer == nil else { return }
    let me = NIOLoopBound(self, eventLoop: eventLoop)
    timer = eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in me.value.tick() }
  }

  func remove(_ socket: WebSocketHandler) {
    sockets[ObjectIdentifier(socket)] = nil
    guard sockets.isEmpty else { return }
    timer?.cancel()
    timer = nil
    freeDeflaters = [:]
    scratch = nil
    deflated = ByteBuffer()
  }

  private func tick() {
    let now = NIODeadline.now()
    for socket in Array(sockets.values) { socket.tick(now) }
  }
}

/// The ``WebSocketEventLoop`` of each event loop of one server.
package final class WebSocketEventLoops: Sendable {
  private let loops = NIOLockedValueBox<[ObjectIdentifier: NIOLoopBound<WebSocketEventLoop>]>([:])

  package init() {}

  /// What the sockets of an event loop share. Call it on that loop.
  func of(_ eventLoop: any EventLoop) -> WebSocketEventLoop {
    loops.withLockedValue { loops in
      if let known = loops[ObjectIdentifier(eventLoop)] { return known }
      let made = NIOLoopBound(WebSocketEventLoop(eventLoop: eventLoop), eventLoop: eventLoop)
      loops[ObjectIdentifier(eventLoop)] = made
      return made
    }.value
  }
}
