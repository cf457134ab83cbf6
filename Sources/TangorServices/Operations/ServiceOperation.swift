public import NIOCore
public import TangorCore
public import TangorJSON

/// Something that a response waits for or does, as a value.
///
/// A ``Coroutine`` gives one after the other and gets what came of each. Since it is a value that neither blocks nor suspends anything, code in
/// any language can make one: the loop that carries it out is the same for all.
public enum ServiceOperation: Sendable {
  /// Waits for a length of time. Gives `.done`.
  case sleep(Duration)
  /// Waits for the first of some signals. Gives `.signal`, or `.timedOut` when none came within the time; nil waits as long as the server
  /// allows.
  case wait(signals: [String], timeout: Duration?)
  /// Sends a signal to all that wait for it. Gives `.woken`.
  case send(signal: String, value: JSONFragment)
  /// Writes a part of the response's body, which goes out at once. Gives `.done`.
  case write(ByteBuffer)
  /// Reads what there is of the request's body, at most so many bytes; waits for the first of them. Gives `.bytes`, which are none at the
  /// end.
  case read(upTo: Int)
  /// Gives others a turn. Gives `.done`.
  case yield
  /// Calls any asynchronous function: another service, a task's end, the next message of a channel. Gives `.value`.
  case perform(@Sendable () async throws -> JSONFragment)

  /// Writes text, as UTF-8.
  public static func write(_ text: String) -> Self { .write(ByteBuffer(string: text)) }

  /// Waits for a signal.
  public static func wait(signal: String, timeout: Duration? = nil) -> Self { .wait(signals: [signal], timeout: timeout) }
}

/// What came of an operation.
public enum OperationResult: Sendable {
  /// It is done.
  case done
  /// A signal came, with its value.
  case signal(name: String, value: JSONFragment)
  /// No signal came in time.
  case timedOut
  /// A signal was sent, and woke so many.
  case woken(Int)
  /// Bytes of the request's body; none at its end.
  case bytes(ByteBuffer)
  /// What a performed function gave.
  case value(JSONFragment)
  /// It failed. The coroutine may go on, or throw the error.
  case failed(TangorError)
}

/// Code that writes a response in steps and pauses between them.
///
/// ```swift
/// struct Greeting: Coroutine {
///   var step = 0
///   mutating func next(_ result: OperationResult?) -> ServiceOperation? {
///     step += 1
///     switch (step, result) {
///     case (1, _): return .write("Waiting… ")
///     case (2, _): return .wait(signal: "abc", timeout: .seconds(5))
///     case (3, .signal(_, let value)): return .write("It says \(value).")
///     case (3, _): return .write("Nobody came.")
///     default: return nil
///     }
///   }
/// }
/// try app.services.add("/greeting") { _ in .operations(type: "text/plain") { Greeting() } }
/// ```
///
/// In Swift an asynchronous function that writes to ``ServiceReply/body(type:length:_:)`` says the same in fewer words.
public protocol Coroutine: Sendable {
  /// Goes on to the next operation.
  ///
  /// - Parameter result: What came of the last operation; nil at the beginning.
  /// - Returns: The next operation; nil at the end of the response.
  /// - Throws: What breaks the response off: the client sees that its body is not whole.
  mutating func next(_ result: OperationResult?) async throws -> ServiceOperation?
}

/// Operations one after the other, whatever comes of each; the first that fails ends them.
struct OperationSequence<Iterator: IteratorProtocol & Sendable>: Coroutine where Iterator.Element == ServiceOperation {
  var iterator: Iterator

  mutating func next(_ result: OperationResult?) throws -> ServiceOperation? {
    if case .failed(let error) = result { throw error }
    return iterator.next()
  }
}

extension ServiceReply {
  /// A response that a coroutine writes: it may pause on each operation, and each part goes out when it is written.
  ///
  /// - Parameters:
  ///   - type: The media type.
  ///   - make: Makes the coroutine, once the response begins.
  public static func operations(type: String, _ make: @escaping @Sendable () -> some Coroutine) -> Self {
    operations(type: type, erased: { make() })
  }

  /// A response of operations that do not depend on one another's results; one that fails breaks the response off.
  ///
  /// - Parameters:
  ///   - type: The media type.
  ///   - operations: The operations in their order.
  public static func operations<S: Sequence & Sendable>(type: String, _ operations: S) -> Self
  where S.Element == ServiceOperation, S.Iterator: Sendable {
    self.operations(type: type) { OperationSequence(iterator: operations.makeIterator()) }
  }
}
