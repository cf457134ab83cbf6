import NIOCore
import NIOPosix
public import NIOSSL
import Synchronization

/// A TCP connection to a server on this machine that sends and shows bytes as they are, without knowing what they mean.
public final class RawConnection: Sendable {
  /// What a test waited for did not come before the server ended the connection.
  public struct Ended: Error, CustomStringConvertible {
    /// All that had come and was not taken.
    public let received: String
    public var description: String { "the connection ended; received: '\(received)'" }
  }

  fileprivate struct State {
    var bytes: [UInt8] = []
    var hasEnded = false
    var waiter: (isEnough: ([UInt8]) -> Int?, continuation: CheckedContinuation<[UInt8], any Error>)?
  }

  final class Collector: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    fileprivate let state = Mutex(State())

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let bytes = Array(Self.unwrapInboundIn(data).readableBytesView)
      update { $0.bytes += bytes }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if event as? ChannelEvent == .inputClosed { update { $0.hasEnded = true } }
    }

    func channelInactive(context: ChannelHandlerContext) { update { $0.hasEnded = true } }

    // A reset by the server is an end like any other here.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    fileprivate func update(_ change: (inout sending State) -> Void) {
      let resume: (() -> Void)? = state.withLock { state in
        change(&state)
        guard let waiter = state.waiter else { return nil }
        if let count = waiter.isEnough(state.bytes) {
          let taken = Array(state.bytes.prefix(count))
          state.bytes.removeFirst(count)
          state.waiter = nil
          return { waiter.continuation.resume(returning: taken) }
        }
        guard state.hasEnded else { return nil }
        state.waiter = nil
        let received = String(decoding: state.bytes, as: UTF8.self)
        return { waiter.continuation.resume(throwing: Ended(received: received)) }
      }
      resume?()
    }
  }

  private let channel: any Channel
  private let collector: Collector

  /// Connects to 127.0.0.1.
  ///
  /// - Parameters:
  ///   - port: The server's port.
  ///   - tls: The client's side of TLS; nil for plain TCP.
  ///   - takesBytes: Whether anything is read from the socket.
  public init(port: Int, tls: NIOSSLContext? = nil, takesBytes: Bool = true) async throws {
    let collector = Collector()
    self.collector = collector
    channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelOption(.autoRead, value: takesBytes)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: nil)) }
          try channel.pipeline.syncOperations.addHandler(collector)
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
  }

  /// A connection that was taken from a client.
  init(channel: any Channel, collector: Collector) {
    self.channel = channel
    self.collector = collector
  }

  /// Sends bytes, all in one write.
  public func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get() }

  /// Sends text, all in one write.
  public func send(_ text: String) async throws { try await send(Array(text.utf8)) }

  /// Takes what has come, once it is enough.
  ///
  /// - Parameter isEnough: How many of the bytes to take; nil while they are too few.
  /// - Throws: ``Ended`` when the connection ends before.
  public func receive(_ isEnough: @escaping @Sendable ([UInt8]) -> Int?) async throws -> [UInt8] {
    try await withCheckedThrowingContinuation { continuation in
      collector.update { $0.waiter = (isEnough, continuation) }
    }
  }

  /// Takes a number of bytes.
  public func receive(count: Int) async throws -> [UInt8] { try await receive { $0.count >= count ? count : nil } }

  /// Takes all bytes up to and with a text.
  public func receive(upTo end: String) async throws -> String {
    let mark = Array(end.utf8)
    let bytes = try await receive { bytes in
      guard bytes.count >= mark.count else { return nil }
      return (0...(bytes.count - mark.count)).first { bytes[$0..<($0 + mark.count)].elementsEqual(mark) }.map { $0 + mark.count }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Takes all that comes until the server ends the connection.
  public func receiveToEnd() async throws -> String {
    do {
      _ = try await receive { _ in nil }
      return ""
    } catch let end as Ended {
      return end.received
    }
  }

  /// Waits until the connection is gone, whatever has come on it.
  public func gone() async { try? await channel.closeFuture.get() }

  /// Closes the sending side.
  public func closeOutput() async throws { try await channel.close(mode: .output).get() }

  /// Closes both sides.
  public func close() async { try? await channel.close().get() }

  /// Closes without taking leave: the server sees a reset.
  public func abort() async throws {
    try await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
    await close()
  }
}

/// A response as it came.
public struct RawResponse: Sendable {
  /// The status line and the headers, without the empty line.
  public let head: String
  /// The body.
  public let body: String

  /// The status.
  public var status: Int { Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0 }

  /// The value of a header, by its name in lower case; several are joined by commas.
  public func header(_ name: String) -> String? {
    let values = head.split(separator: "\r\n").dropFirst().filter { $0.lowercased().hasPrefix(name + ":") }
      .map { $0.dropFirst(name.count + 1).drop { $0 == " " } }
    return values.isEmpty ? nil : values.joined(separator: ", ")
  }
}

extension RawConnection {
  /// Takes a response; its body by `Content-Length` or in chunks.
  ///
  /// - Parameter isHead: Whether it answers a HEAD, so that it has no body.
  public func response(isHead: Bool = false) async throws -> RawResponse {
    let head = String(try await receive(upTo: "\r\n\r\n").dropLast(2))
    let bare = RawResponse(head: head, body: "")
    if isHead || bare.status < 200 || bare.status == 204 || bare.status == 304 { return bare }
    if let length = bare.header("content-length").flatMap({ Int($0) }) {
      return RawResponse(head: head, body: String(decoding: try await receive(count: length), as: UTF8.self))
    }
    guard bare.header("transfer-encoding") == "chunked" else { return RawResponse(head: head, body: try await receiveToEnd()) }
    var body = ""
    while true {
      let size = Int(try await receive(upTo: "\r\n").dropLast(1), radix: 16) ?? 0
      let chunk = String(decoding: try await receive(count: size + 2), as: UTF8.self)
      if size == 0 { return RawResponse(head: head, body: body) }
      body += chunk.dropLast(1)
    }
  }

  /// Sends a GET and takes its response.
  public func get(_ uri: String, _ headers: String...) async throws -> RawResponse {
    let lines = ["GET \(uri) HTTP/1.1", "Host: 127.0.0.1"] + headers
    try await send(lines.joined(separator: "\r\n") + "\r\n\r\n")
    return try await response()
  }
}

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
