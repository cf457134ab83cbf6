package import NIOCore
import TangorCore
import TangorJSON
import TangorServing

/// One poll of a generator.
package struct PollTicket: Sendable {
  let stream: KeyedStream
  let options: PollOptions

  /// Takes the next value and writes the answer: `{"state": "ready", "content": …}` or `{"state": "done", "content": null}`.
  ///
  /// - Parameter channel: The client's connection, where the caller's task does not end with it. A value that comes for a client that has
  ///   gone is kept for the next poll.
  /// - Throws: `stream_failed` when the generator fails, `canceled` when the client goes, `shutting_down`.
  package func answer(channel: (any Channel)?) async throws -> ByteBuffer {
    let pull: Pull
    switch try stream.begin(PullRequest()) {
    case .answered(let answer): pull = answer
    case .waiting(let ticket):
      let reader = StreamReader(stream)
      if let channel {
        pull = try await withDisconnectHandler(channel: channel, onGone: { reader.leave() }) { try await reader.wait(ticket) }
      } else {
        pull = try await reader.wait(ticket)
      }
    }
    return text(pull)
  }

  /// The answer, where it needs no waiting and the generator is quick; `nil` where the poll must take the usual way.
  ///
  /// - Throws: `stream_failed` when the generator fails, `shutting_down`.
  func quickAnswer() throws -> ByteBuffer? { try stream.beginQuick().map(text) }

  private func text(_ pull: Pull) -> ByteBuffer {
    guard case .values(let values) = pull else { return done(pull) }
    var buffer = ByteBuffer(staticString: "{\"state\": \"ready\", \"content\": ")
    if let window = options.window {
      buffer.writeStaticString("[")
      for (place, value) in stream.recent(upTo: values.lastIndex, count: window).enumerated() {
        if place > 0 { buffer.writeStaticString(", ") }
        buffer.writeBytes(value.json.bytes)
      }
      buffer.writeStaticString("]")
    } else {
      buffer.writeBytes(values.first.json.bytes)
    }
    end(&buffer, values.lastIndex)
    return buffer
  }

  private func done(_ pull: Pull) -> ByteBuffer {
    var buffer = ByteBuffer(staticString: "{\"state\": \"done\", \"content\": null")
    if case .finished(let index) = pull { end(&buffer, index) } else { buffer.writeStaticString("}") }
    return buffer
  }

  private func end(_ buffer: inout ByteBuffer, _ count: Int) {
    if options.count {
      buffer.writeStaticString(", \"count\": ")
      buffer.writeString(String(count))
    }
    buffer.writeStaticString("}")
  }
}
