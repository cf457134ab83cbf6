import SwiftProtobuf

@testable import TangorPerspective
@testable import TangorTables

/// Two clients of one server with tables in it, and what they send.
final class SessionFuzzing {
  private let server: PerspectiveServer
  private let sessions: [PerspectiveSession]
  private var sent = 0

  private init() throws {
    var limits = PerspectiveServer.Limits()
    (limits.viewsPerSession, limits.tables) = (40, 12)
    server = PerspectiveServer(limits: limits, compression: ArrowCodecs.available)
    sessions = [server.makeSession(), server.makeSession()]
    let schema = Schema(ColumnKind.allCases.map { Schema.Column($0.rawValue, $0) } + [.init("a", .int32), .init("b", .string)])
    try server.host(Table(schema: schema, index: "a"), as: "hosted")
    try server.host(Table(schema: Schema([.init("a", .float64), .init("b", .string)]), limit: 5), as: "fixed", isReadOnly: true)
  }

  /// - Parameter bytes: Messages, each behind its length in two bytes, the low one first.
  static func run(messages bytes: [UInt8]) async throws {
    let fuzzing = try SessionFuzzing()
    var rest = bytes[...]
    while let low = rest.popFirst(), fuzzing.sent < 100 {
      let count = Int(low) | Int(rest.popFirst() ?? 0) << 8
      try await fuzzing.send(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    try await fuzzing.finish()
  }

  /// - Parameter bytes: The choices of which the requests are made.
  static func run(choices bytes: [UInt8]) async throws {
    let fuzzing = try SessionFuzzing()
    var input = FuzzInput(bytes)
    while !input.isEmpty, fuzzing.sent < 60 { try await fuzzing.send(input.request().serializedBytes()) }
    try await fuzzing.finish()
  }

  /// Sends a message, and looks at what both clients are told.
  private func send(_ bytes: [UInt8]) async throws {
    sent += 1
    let request = try? WireRequest(serializedBytes: bytes)
    let number = Int(request?.msgID ?? 0)
    await sessions[number % sessions.count].receive(Vector(bytes))
    for (place, session) in sessions.enumerated() {
      for answer in session.outbox.takeAll() {
        let response = try WireResponse(serializedBytes: answer)
        if request == nil {
          try FuzzFailure.unless(place == 0 && !response.serverError.message.isEmpty, "no error for what is no request: \(response)")
        }
        if case .viewToArrowResp(let body)? = response.clientResp {
          _ = try ArrowReader.read(Vector(body.arrow), compression: ArrowCodecs.available)
        }
      }
    }
  }

  /// Ends the sessions, which leave nothing of theirs behind.
  private func finish() async throws {
    for session in sessions { await session.close() }
    try FuzzFailure.unless(server.sessionCount == 0, "\(server.sessionCount) sessions are left")
    for hosted in server.tables {
      let count = await hosted.table.viewCount
      try FuzzFailure.unless(count == 0, "\(count) views are left")
    }
  }

  // MARK: Seeds

  static let choiceSeeds: [[UInt8]] = (0..<24).map { seed in
    var state = UInt32(seed) &* 2_654_435_761 &+ 12345
    return (0..<200).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
  }

  /// The same sequences of requests as messages.
  static let messageSeeds: [[UInt8]] = choiceSeeds.map { bytes in
    var input = FuzzInput(bytes)
    var messages: [UInt8] = []
    while !input.isEmpty {
      guard let message: [UInt8] = try? input.request().serializedBytes(), message.count < 3000 else { continue }
      messages += [UInt8(message.count & 255), UInt8(message.count >> 8)] + message
    }
    return messages
  }
}
