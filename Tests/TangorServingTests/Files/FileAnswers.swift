import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import TangorServing

/// A response with its body read.
struct FileAnswer {
  let status: HTTPResponse.Status
  let headers: HTTPFields
  let bytes: [UInt8]

  var text: String { String(decoding: bytes, as: UTF8.self) }
  subscript(name: HTTPField.Name) -> String? { headers[name] }
}

extension FileResponder {
  @discardableResult
  func answer(_ path: String, method: HTTPRequest.Method = .get, _ headers: HTTPFields = [:]) async throws -> FileAnswer {
    let response = try await response(path: path, request: .test(method: method, headers))
    let log = PieceLog()
    try await response.body.write(PieceWriter(log: log))
    return FileAnswer(status: response.status, headers: response.headers, bytes: log.bytes)
  }
}

extension Request {
  static func test(method: HTTPRequest.Method = .get, _ headers: HTTPFields = [:]) -> Request {
    let head = HTTPRequest(method: method, scheme: "http", authority: "localhost", path: "/", headerFields: headers)
    return Request(head: head, body: RequestBody(buffer: ByteBuffer()))
  }
}

/// What a body wrote, piece by piece.
final class PieceLog: Sendable {
  private struct State {
    var pieces: [ByteBuffer] = []
    var total = 0
    var largest = 0
    var writing = 0
    var inFlight = 0
    var finished = false
  }

  private let state = Mutex(State())
  private let onPiece: @Sendable (Int) -> Void

  /// - Parameter onPiece: Called with each piece's number, from 1, before it counts as taken.
  init(_ onPiece: @escaping @Sendable (Int) -> Void = { _ in }) { self.onPiece = onPiece }

  var total: Int { state.withLock { $0.total } }
  var largest: Int { state.withLock { $0.largest } }
  var inFlight: Int { state.withLock { $0.inFlight } }
  var finished: Bool { state.withLock { $0.finished } }
  /// The bytes of the first 16 MiB.
  var bytes: [UInt8] { state.withLock { $0.pieces.flatMap { Array($0.readableBytesView) } } }

  fileprivate func take(_ buffer: ByteBuffer) async {
    let number = state.withLock { state in
      state.total += buffer.readableBytes
      state.largest = max(state.largest, buffer.readableBytes)
      if state.total <= 16 << 20 { state.pieces.append(buffer) }
      state.writing += 1
      state.inFlight = max(state.inFlight, state.writing)
      return state.pieces.count
    }
    onPiece(number)
    await Task.yield()
    state.withLock { $0.writing -= 1 }
  }

  fileprivate func finish() { state.withLock { $0.finished = true } }
}

struct PieceWriter: ResponseBodyWriter {
  let log: PieceLog

  mutating func write(_ buffer: ByteBuffer) async throws { await log.take(buffer) }
  consuming func finish(_ trailingHeaders: HTTPFields?) async throws { log.finish() }
}
