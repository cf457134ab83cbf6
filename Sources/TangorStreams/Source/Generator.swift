public import TangorCore
public import TangorJSON

/// A sequence written as a piece of code that yields its values.
///
/// ```swift
/// let primes = generate { output in
///   var candidate = 2
///   while true {
///     if isPrime(candidate) { try await output.yield(candidate) }
///     candidate += 1
///   }
/// }
/// ```
///
/// The body begins with the first pull, runs only until it has yielded what a pull asked for, and is cancelled with its stream: a suspended
/// `yield` then throws `CancellationError`. Its return ends the sequence; what it throws fails it. Each stream opened from one generator
/// runs the body anew.
public struct Generator<Value>: Sendable {
  let body: @Sendable (StreamOutput<Value>) async throws -> Void
  let encode: @Sendable (Value) throws -> JSONFragment

  init(
    encode: @escaping @Sendable (Value) throws -> JSONFragment, body: @escaping @Sendable (StreamOutput<Value>) async throws -> Void
  ) {
    self.encode = encode
    self.body = body
  }
}

/// Makes a sequence of the values that a piece of code yields.
///
/// - Parameter body: yields values to its output, and may report progress between them
public func generate<Value: Encodable & SendableMetatype>(
  _ type: Value.Type = Value.self, _ body: @escaping @Sendable (StreamOutput<Value>) async throws -> Void
) -> Generator<Value> {
  Generator(encode: { try JSONFragment(encoding: $0) }, body: body)
}

/// Makes a sequence of the values that a piece of code yields.
///
/// - Parameter body: yields values to its output, and may report progress between them
public func generate<Value: JSONWritable & SendableMetatype>(
  _ type: Value.Type = Value.self, _ body: @escaping @Sendable (StreamOutput<Value>) async throws -> Void
) -> Generator<Value> {
  Generator(encode: { JSONFragment($0) }, body: body)
}

/// Makes a sequence of the values that a piece of code yields.
///
/// - Parameter body: yields values to its output, and may report progress between them
public func generate<Value: Encodable & JSONWritable & SendableMetatype>(
  _ type: Value.Type = Value.self, _ body: @escaping @Sendable (StreamOutput<Value>) async throws -> Void
) -> Generator<Value> {
  Generator(encode: { JSONFragment($0) }, body: body)
}

/// Where a generator's body puts its values.
public struct StreamOutput<Value>: Sendable {
  let storage: GeneratorStorage
  let encode: @Sendable (Value) throws -> JSONFragment

  /// Gives a value to the pull that waits and suspends until the next pull.
  ///
  /// - Throws: `CancellationError` when the stream has ended, and what encoding the value throws
  public func yield(_ value: Value) async throws {
    try await storage.offer(.value(encode(value)))
  }

  /// Says how far the computation has come.
  ///
  /// - Throws: `CancellationError` when the stream has ended
  public func report(_ progress: Progress) async throws {
    try await storage.offer(.progress(progress))
  }
}

extension StreamSource {
  /// A stream of the values that a generator yields.
  public init<Value>(_ generator: Generator<Value>) {
    let storage = GeneratorStorage()
    let body = generator.body
    let encode = generator.encode
    storage.prepare { try await body(StreamOutput(storage: storage, encode: encode)) }
    self.init(.asynchronous(GeneratorSteps(storage)))
  }
}

/// The steps of a generator's body; ends it when nobody can pull it any more.
private final class GeneratorSteps: AsynchronousSteps {
  private let storage: GeneratorStorage

  init(_ storage: GeneratorStorage) { self.storage = storage }

  deinit { storage.cancel() }

  func next() async throws -> StreamElement? { try await storage.next() }
  func attach(_ liveTasks: LiveTasks) { storage.attach(liveTasks) }
  func cancel() { storage.cancel() }
}
