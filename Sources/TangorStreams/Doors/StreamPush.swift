import Hummingbird
import NIOCore
import TangorCore
import TangorJSON
import TangorServing

/// A stream given out over one response, as lines of JSON or as server-sent events.
///
/// The client's pace is the stream's: nothing is pulled while the response cannot be written. Values that could not be written go back.
struct StreamPush: Sendable {
  let reader: StreamReader
  let isEvents: Bool
  /// The position after which to begin; nil to take what nobody has got.
  let position: Int?
  let requestID: String
  let keepAlive: Duration

  private static var batch: Int { 64 }

  /// Writes until the stream ends.
  ///
  /// - Throws: `canceled` when the client has gone, and what writing throws.
  func run(_ writer: inout any ResponseBodyWriter, channel: any Channel) async throws {
    reader.stream.hold()
    defer { reader.stream.release() }
    try await withDisconnectHandler(channel: channel, onGone: { [reader] in reader.leave() }) { try await write(to: &writer) }
    try await writer.finish(nil)
  }

  private func write(to writer: inout any ResponseBodyWriter) async throws {
    var request = PullRequest()
    request.maximum = Self.batch
    request.after = position
    request.reportsProgress = true
    request.takesEnd = false
    request.wait = isEvents ? keepAlive : nil
    while true {
      let pull: Pull
      do {
        pull = try await reader.pull(request)
      } catch let error as TangorError where error.code != .canceled {
        try await writer.write(failure(error))
        break
      }
      switch pull {
      case .values(let values):
        do { try await writer.write(text(values)) } catch {
          reader.stream.putBack(values.all)
          throw error
        }
        if request.after != nil { request.after = values.lastIndex }
        continue
      case .progress(let progress):
        try await writer.write(text(progress))
        continue
      case .pending:
        try await writer.write(ByteBuffer(staticString: ":\n\n"))
        continue
      case .finished:
        try await writer.write(
          ByteBuffer(staticString: isEvents ? "event: finished\ndata: {}\n\n" : "{\"finished\": true}\n"))
      }
      break
    }
    // An event source that comes back is told to stay away by a 404; a reader of lines with a position may ask again.
    reader.stream.confirmEnd(positioned: position != nil && !isEvents)
  }

  private func text(_ values: PulledValues) -> ByteBuffer {
    var buffer = ByteBuffer()
    buffer.reserveCapacity(values.rest.reduce(values.first.json.bytes.count) { $0 + $1.json.bytes.count } + 40 * values.count)
    write(values.first, to: &buffer)
    for value in values.rest { write(value, to: &buffer) }
    return buffer
  }

  private func write(_ value: StreamValue, to buffer: inout ByteBuffer) {
    buffer.writeStaticString(isEvents ? "id: " : "{\"index\": ")
    buffer.writeString(String(value.index))
    buffer.writeStaticString(isEvents ? "\ndata: " : ", \"data\": ")
    buffer.writeLine(value.json.bytes)
    buffer.writeStaticString(isEvents ? "\n\n" : "}\n")
  }

  private func text(_ progress: Progress) -> ByteBuffer {
    var buffer = ByteBuffer(staticString: isEvents ? "event: progress\ndata: " : "{\"progress\": ")
    buffer.writeBytes(progress.json.bytes)
    buffer.writeStaticString(isEvents ? "\n\n" : "}\n")
    return buffer
  }

  private func failure(_ error: TangorError) -> ByteBuffer {
    var buffer = ByteBuffer(staticString: isEvents ? "event: failed\ndata: " : "{\"error\": ")
    buffer.writeBytes(Problem(error, requestID: requestID).json.bytes)
    buffer.writeStaticString(isEvents ? "\n\n" : "}\n")
    return buffer
  }
}

extension ByteBuffer {
  /// Writes a JSON value on one line: line breaks can stand between its parts alone, where a space means the same.
  fileprivate mutating func writeLine(_ json: [UInt8]) {
    if json.contains(where: { $0 == 10 || $0 == 13 }) {
      writeBytes(json.map { $0 == 10 || $0 == 13 ? 32 : $0 })
    } else {
      writeBytes(json)
    }
  }
}
