import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

extension StreamingProbe {
  /// Each part comes out when it is written, and all of them at the end.
  func checkParts(_ record: Record) async {
    let sink = ProbeSink()
    let isWhole = await run(record, to: sink) { [self] writer, headers in
      var written: [UInt8] = []
      for (index, part) in parts.enumerated() {
        let buffer = ByteBuffer(string: part)
        // The last one takes the other way to write.
        if index == parts.count - 1 { try await writer.write(contentsOf: [buffer]) } else { try await writer.write(buffer) }
        written += buffer.readableBytesView
        let expected = written
        guard await sink.changed.wait(patience, until: { self.decoded(sink, headers)?.count ?? 0 >= expected.count }) else {
          record.add(.delaysParts, "Part \(index + 1) of \(parts.count) was written and did not come out.")
          throw RouteFailure()
        }
        guard decoded(sink, headers) == expected else {
          record.add(.changesBody, "What came out behind part \(index + 1) of \(parts.count) is not what was written.")
          throw RouteFailure()
        }
      }
      try await writer.finish(nil)
      if decoded(sink, headers) != written { record.add(.changesBody, "The whole body is not what was written.") }
    }
    if record.findings.isEmpty, !isWhole { record.add(.fails, "Writing a body threw an error.") }
    if record.findings.isEmpty, sink.finishes != 1 {
      record.add(.doesNotFinish, "The body was finished \(sink.finishes) times.")
    }
  }

  /// An error behind the first part gets through, and the body is not finished.
  func checkError(_ record: Record) async {
    let sink = ProbeSink()
    let isWhole = await run(record, to: sink) { [parts] writer, _ in
      try await writer.write(ByteBuffer(string: parts[0]))
      throw RouteFailure()
    }
    if isWhole { record.add(.swallowsErrors, "The route threw behind its first part, and the server would not hear of it.") }
    if sink.finishes > 0 {
      record.add(.finishesBrokenBody, "The route threw behind its first part, and the body was finished all the same.")
    }
  }

  /// A client that takes nothing makes the route wait.
  func checkPressure(_ record: Record) async {
    let sink = ProbeSink(isOpen: false)
    let count = 64
    let written = Counter()
    async let ended = run(record, to: sink) { writer, _ in
      for number in 0..<count {
        try await writer.write(ByteBuffer(repeating: UInt8(truncatingIfNeeded: number), count: 16 << 10))
        written.increment()
        sink.changed.fire()
      }
      try await writer.finish(nil)
    }
    let came = await sink.changed.wait(patience) { !sink.bytes.isEmpty || written.value == count }
    // Whoever goes on without the client gets the chance to do so.
    for _ in 0..<1_000 where written.value == 0 { await Task.yield() }
    if came, written.value > 0 {
      record.add(.ignoresBackpressure, "The client took no part, and the route could write \(written.value) of \(count).")
    }
    sink.open()
    _ = await ended
  }

  /// A client that has gone makes writing fail.
  func checkGoneClient(_ record: Record) async {
    let sink = ProbeSink()
    sink.leave()
    let wrote = await run(record, to: sink) { writer, _ in
      for number in 0..<8 { try await writer.write(ByteBuffer(repeating: UInt8(number), count: 16 << 10)) }
    }
    if wrote { record.add(.hidesGoneClients, "The client had gone, and the route wrote on without an error.") }
  }

  /// A request's body reaches the route piece by piece.
  func checkInput(_ record: Record) async {
    let (body, source) = RequestBody.makeStream()
    let request = Request(
      head: HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/probe", headerFields: requestHeaders), body: body)
    let pieces = parts
    let seen = Counter()
    let changed = Turnout()
    async let fed: Void = {
      for (index, piece) in pieces.enumerated() {
        await source.yield(ByteBuffer(string: piece))
        let needed = pieces[...index].reduce(0) { $0 + $1.utf8.count }
        guard await changed.wait(patience, until: { seen.value >= needed || seen.isOver }) else {
          record.add(.holdsInput, "Piece \(index + 1) of \(pieces.count) of a request's body came and did not reach the route.")
          break
        }
      }
      source.finish()
    }()
    do {
      _ = try await middleware.handle(request, context: makeContext()) { [responseHeaders] request, _ in
        var bytes: [UInt8] = []
        for try await chunk in request.body {
          bytes += chunk.readableBytesView
          seen.value = bytes.count
          changed.fire()
        }
        if bytes != Array(pieces.joined().utf8), !record.findings.contains(where: { $0.rule == .holdsInput }) {
          record.add(.changesBody, "The body of a request did not reach the route as it came.")
        }
        return Response(status: .noContent, headers: responseHeaders)
      }
    } catch { record.add(.fails, "A plain POST was answered with an error: \(error)") }
    seen.end()
    changed.fire()
    await fed
  }

  private func decoded(_ sink: ProbeSink, _ headers: HTTPFields) -> [UInt8]? { try? decode(headers, sink.bytes) }
}

/// A number that several tasks know.
final class Counter: Sendable {
  private let state = Mutex((value: 0, isOver: false))

  var value: Int {
    get { state.withLock { $0.value } }
    set { state.withLock { $0.value = newValue } }
  }
  /// Whether it changes no more.
  var isOver: Bool { state.withLock { $0.isOver } }

  func increment() { state.withLock { $0.value += 1 } }
  func end() { state.withLock { $0.isOver = true } }
}
