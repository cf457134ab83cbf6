import TangorCore
public import TangorJSON

// Three constraints for each kind of sequence: `Encodable` goes through JSONEncoding, `JSONWritable` writes itself, and the third is there
// because most types are both, and then the fast way is to be taken without ambiguity.

extension StreamSource {
  /// A stream of a sequence's elements.
  public init<S: Sequence>(_ sequence: sending S) where S.Element: Encodable & SendableMetatype {
    self.init(stepping: sequence) { .value(try JSONFragment(encoding: $0)) }
  }

  /// A stream of a sequence's elements.
  public init<S: Sequence>(_ sequence: sending S) where S.Element: JSONWritable & SendableMetatype {
    self.init(stepping: sequence) { .value(JSONFragment($0)) }
  }

  /// A stream of a sequence's elements.
  public init<S: Sequence>(_ sequence: sending S) where S.Element: Encodable & JSONWritable & SendableMetatype {
    self.init(stepping: sequence) { .value(JSONFragment($0)) }
  }

  /// A stream of a sequence's values, with the progress reported between them.
  public init<S: Sequence, Value: Encodable & SendableMetatype>(_ sequence: sending S) where S.Element == Progressive<Value> {
    self.init(stepping: sequence) { try $0.element { try JSONFragment(encoding: $0) } }
  }

  /// A stream of an asynchronous sequence's elements.
  public init<S: AsyncSequence>(_ sequence: sending S) where S.Element: Encodable & SendableMetatype {
    self.init(awaiting: sequence) { .value(try JSONFragment(encoding: $0)) }
  }

  /// A stream of an asynchronous sequence's elements.
  public init<S: AsyncSequence>(_ sequence: sending S) where S.Element: JSONWritable & SendableMetatype {
    self.init(awaiting: sequence) { .value(JSONFragment($0)) }
  }

  /// A stream of an asynchronous sequence's elements.
  public init<S: AsyncSequence>(_ sequence: sending S) where S.Element: Encodable & JSONWritable & SendableMetatype {
    self.init(awaiting: sequence) { .value(JSONFragment($0)) }
  }

  /// A stream of an asynchronous sequence's values, with the progress reported between them.
  public init<S: AsyncSequence, Value: Encodable & SendableMetatype>(_ sequence: sending S) where S.Element == Progressive<Value> {
    self.init(awaiting: sequence) { try $0.element { try JSONFragment(encoding: $0) } }
  }

  init<S: Sequence>(stepping sequence: sending S, _ element: @escaping @Sendable (S.Element) throws -> StreamElement) {
    self.init(.synchronous(IteratorSteps(sequence.makeIterator(), element)))
  }

  init<S: AsyncSequence>(awaiting sequence: sending S, _ element: @escaping @Sendable (S.Element) throws -> StreamElement) {
    self.init(.asynchronous(AsyncIteratorSteps(sequence.makeAsyncIterator(), element)))
  }
}

extension Progressive {
  func element(_ encode: (Value) throws -> JSONFragment) rethrows -> StreamElement {
    switch self {
    case .value(let value): .value(try encode(value))
    case .progress(let progress): .progress(progress)
    }
  }
}
