public import TangorJSON
public import TangorStreams

extension ServiceReply {
  /// A keyed stream of a sequence's elements.
  public static func stream<S: Sequence>(_ sequence: sending S) -> Self where S.Element: Encodable & SendableMetatype {
    stream(StreamSource(sequence))
  }

  /// A keyed stream of a sequence's elements.
  public static func stream<S: Sequence>(_ sequence: sending S) -> Self where S.Element: JSONWritable & SendableMetatype {
    stream(StreamSource(sequence))
  }

  /// A keyed stream of a sequence's elements.
  public static func stream<S: Sequence>(_ sequence: sending S) -> Self where S.Element: Encodable & JSONWritable & SendableMetatype {
    stream(StreamSource(sequence))
  }

  /// A keyed stream of a sequence's values, with the progress reported between them.
  public static func stream<S: Sequence, Value: Encodable & SendableMetatype>(_ sequence: sending S) -> Self
  where S.Element == Progressive<Value> { stream(StreamSource(sequence)) }

  /// A keyed stream of an asynchronous sequence's elements.
  public static func stream<S: AsyncSequence>(_ sequence: sending S) -> Self where S.Element: Encodable & SendableMetatype {
    stream(StreamSource(sequence))
  }

  /// A keyed stream of an asynchronous sequence's elements.
  public static func stream<S: AsyncSequence>(_ sequence: sending S) -> Self where S.Element: JSONWritable & SendableMetatype {
    stream(StreamSource(sequence))
  }

  /// A keyed stream of an asynchronous sequence's elements.
  public static func stream<S: AsyncSequence>(_ sequence: sending S) -> Self
  where S.Element: Encodable & JSONWritable & SendableMetatype { stream(StreamSource(sequence)) }

  /// A keyed stream of an asynchronous sequence's values, with the progress reported between them.
  public static func stream<S: AsyncSequence, Value: Encodable & SendableMetatype>(_ sequence: sending S) -> Self
  where S.Element == Progressive<Value> { stream(StreamSource(sequence)) }

  /// A keyed stream of the values that a generator yields.
  public static func stream<Value>(_ generator: Generator<Value>) -> Self { stream(StreamSource(generator)) }
}
