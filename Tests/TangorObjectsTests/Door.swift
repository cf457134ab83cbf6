import Synchronization
import TangorCore
import TangorJSON
import TangorTesting

@testable import TangorObjects

/// A registry with a client in front of it, on a clock that stands still.
final class Door: Sendable {
  let clock = ManualClock()
  let registry: ObjectRegistry
  let published: Published
  let streams = OpenedStreams()

  init(_ change: (inout ObjectsConfiguration) -> Void = { _ in }) {
    var configuration = ObjectsConfiguration()
    configuration.maximumWorkers = 4
    change(&configuration)
    let published = Published()
    self.published = published
    registry = ObjectRegistry(
      configuration: configuration, time: TimeSource(clock), streams: streams, publish: { published.add("\($0)=\($1)") })
  }

  /// Asks, and waits for the answer: its JSON, or the code and the words of its error.
  func ask(_ operation: ObjectOperation, _ path: String, _ text: String? = nil, roles: Set<String> = []) async -> String {
    do { return try await begin(operation, path, text, roles: roles).value } catch { return Self.text(error) }
  }

  /// Asks, and says what came at once: `nil` when a task must go on.
  func askNow(_ operation: ObjectOperation, _ path: String, _ text: String? = nil) -> String? {
    var out = JSONWriter()
    do {
      let rest = try start(operation, path, text, roles: [], &out)
      return rest == nil ? String(decoding: out.bytes, as: UTF8.self) : nil
    } catch { return Self.text(error) }
  }

  /// Asks, and gives back the task that goes on.
  func begin(_ operation: ObjectOperation, _ path: String, _ text: String? = nil, roles: Set<String> = []) -> Task<String, any Error> {
    var out = JSONWriter()
    do {
      guard let rest = try start(operation, path, text, roles: roles, &out) else {
        let answer = String(decoding: out.bytes, as: UTF8.self)
        return Task { answer }
      }
      return Task { try await rest().description }
    } catch {
      return Task { throw error }
    }
  }

  private func start(
    _ operation: ObjectOperation, _ path: String, _ text: String?, roles: Set<String>, _ out: inout JSONWriter
  ) throws -> RemainingCall? {
    let caller = ObjectCaller(address: "test", roles: roles)
    guard let text else { return try registry.begin(operation, path, nil, caller: caller, into: &out) }
    return try Array(text.utf8).withUnsafeBytes { try registry.begin(operation, path, $0, caller: caller, into: &out) }
  }

  func describe(_ path: String, roles: Set<String> = []) -> String {
    do { return try registry.describe(path, for: ObjectCaller(address: "test", roles: roles)).description } catch {
      return Self.text(error)
    }
  }

  static func text(_ error: any Error) -> String {
    guard let error = error as? TangorError else { return error is CancellationError ? "cancellation" : "\(error)" }
    return "\(error.code.name): \(error.detail)"
  }
}

/// What was published, in order.
final class Published: Sendable {
  private let lines = Mutex<[String]>([])

  var all: [String] { lines.withLock { $0 } }

  func add(_ line: String) { lines.withLock { $0.append(line) } }
}

/// Streams that are read to their end when they are opened.
final class OpenedStreams: ObjectStreams {
  private let opened = Mutex<[String]>([])

  var all: [String] { opened.withLock { $0 } }

  func open<S: Sequence>(_ sequence: sending S, for caller: ObjectCaller) throws -> Key where S.Element: Encodable & SendableMetatype {
    let text = try sequence.map { try JSONFragment(encoding: $0).description }.joined(separator: " ")
    opened.withLock { $0.append("\(caller.address): \(text)") }
    return Key(high: 0, low: 1)
  }

  func open<S: AsyncSequence>(_ sequence: sending S, for caller: ObjectCaller) throws -> Key
  where S.Element: Encodable & SendableMetatype {
    opened.withLock { $0.append("\(caller.address): asynchronous \(S.Element.self)") }
    return Key(high: 0, low: 2)
  }
}
