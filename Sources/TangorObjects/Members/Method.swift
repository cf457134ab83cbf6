import TangorCore
import TangorJSON

/// A method of a class, for an ``Interface``.
///
/// ```swift
/// Method("add", parameters: [.init("a", label: "_"), .init("b", default: 2)]) { (it: Sample, a: Int, b: Int) in it.add(a, b) }
/// ```
///
/// The types of the closure's parameters behind the object are those of the method; they are `Decodable`. What it returns is `Encodable`,
/// nothing, or a sequence of `Encodable` elements: a sequence becomes a stream, and the page gets its key. A result that is both, as an
/// array is, goes out as a value. Closures may throw. They may be asynchronous where the class is `Sendable`.
///
/// Synchronous methods run on a pool of threads and may block, unless they are marked as ``CallableMember/synchronous(_:)``.
public struct Method<O>: CallableMember {
  public var member: Member<O>

  private init<each Argument>(
    _ name: String, _ readers: ParameterReaders<repeat each Argument>, result: Any.Type, element: Any.Type? = nil, isAsync: Bool = false,
    _ doc: String, _ action: MethodAction<O>
  ) {
    member = Member(
      MemberInfo(method: name, readers, result: result, element: element, isAsync: isAsync, doc: doc), .method(action))
  }

  /// A method that returns a value.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - parameters: What is to be known about the parameters, in their order; those left out are called `arg0`, `arg1`, …
  ///   - doc: What it does.
  ///   - body: Calls it.
  public init<each Argument: Decodable & SendableMetatype, Result: Encodable & SendableMetatype>(
    _ name: String, parameters: [Parameter] = [], doc: String = "",
    _ body: @escaping @Sendable (O, repeat each Argument) throws -> Result
  ) {
    let readers = ParameterReaders<repeat each Argument>(parameters)
    let writer = ValueWriter<Result>.make()
    self.init(
      name, readers, result: Result.self, doc,
      .synchronous { object, reader, _, out in
        let arguments = try readers.read(&reader)
        try writer.write(body(object, repeat each arguments), to: &out)
      })
  }

  /// A method that returns nothing.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - parameters: What is to be known about the parameters, in their order; those left out are called `arg0`, `arg1`, …
  ///   - doc: What it does.
  ///   - body: Calls it.
  @_disfavoredOverload
  public init<each Argument: Decodable & SendableMetatype>(
    _ name: String, parameters: [Parameter] = [], doc: String = "", _ body: @escaping @Sendable (O, repeat each Argument) throws -> Void
  ) {
    let readers = ParameterReaders<repeat each Argument>(parameters)
    self.init(
      name, readers, result: Void.self, doc,
      .synchronous { object, reader, _, out in
        let arguments = try readers.read(&reader)
        try body(object, repeat each arguments)
        out.writeNull()
      })
  }

  /// A method that returns a sequence, which becomes a stream.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - parameters: What is to be known about the parameters, in their order; those left out are called `arg0`, `arg1`, …
  ///   - doc: What it does.
  ///   - body: Calls it.
  @_disfavoredOverload
  public init<each Argument: Decodable & SendableMetatype, Result: Sequence & SendableMetatype>(
    _ name: String, parameters: [Parameter] = [], doc: String = "",
    _ body: @escaping @Sendable (O, repeat each Argument) throws -> sending Result
  ) where Result.Element: Encodable & SendableMetatype {
    let readers = ParameterReaders<repeat each Argument>(parameters)
    self.init(
      name, readers, result: Result.self, element: Result.Element.self, doc,
      .synchronous { object, reader, context, out in
        let streams = try context.openStreams()
        let arguments = try readers.read(&reader)
        out.write(streamKey: try streams.open(body(object, repeat each arguments), for: context.caller))
      })
  }

  /// A method that returns an asynchronous sequence, which becomes a stream.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - parameters: What is to be known about the parameters, in their order; those left out are called `arg0`, `arg1`, …
  ///   - doc: What it does.
  ///   - body: Calls it.
  public init<each Argument: Decodable & SendableMetatype, Result: AsyncSequence & SendableMetatype>(
    _ name: String, parameters: [Parameter] = [], doc: String = "",
    _ body: @escaping @Sendable (O, repeat each Argument) throws -> sending Result
  ) where Result.Element: Encodable & SendableMetatype {
    let readers = ParameterReaders<repeat each Argument>(parameters)
    self.init(
      name, readers, result: Result.self, element: Result.Element.self, doc,
      .synchronous { object, reader, context, out in
        let streams = try context.openStreams()
        let arguments = try readers.read(&reader)
        out.write(streamKey: try streams.open(body(object, repeat each arguments), for: context.caller))
      })
  }
}

extension Method where O: Sendable {
  /// An asynchronous method that returns a value.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - parameters: What is to be known about the parameters, in their order; those left out are called `arg0`, `arg1`, …
  ///   - doc: What it does.
  ///   - body: Calls it.
  public init<each Argument: Decodable & SendableMetatype, Result: Encodable & SendableMetatype>(
    _ name: String, parameters: [Parameter] = [], doc: String = "",
    _ body: @escaping @Sendable (O, repeat each Argument) async throws -> Result
  ) {
    let readers = ParameterReaders<repeat each Argument>(parameters)
    let writer = ValueWriter<Result>.make()
    self.init(
      name, readers, result: Result.self, isAsync: true, doc,
      .asynchronous { object, text, _ in
        {
          let arguments = try readers.read(text)
          let result = try await body(object, repeat each arguments)
          return try JSONFragment { try writer.write(result, to: &$0) }
        }
      })
  }

  /// An asynchronous method that returns nothing.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - parameters: What is to be known about the parameters, in their order; those left out are called `arg0`, `arg1`, …
  ///   - doc: What it does.
  ///   - body: Calls it.
  @_disfavoredOverload
  public init<each Argument: Decodable & SendableMetatype>(
    _ name: String, parameters: [Parameter] = [], doc: String = "",
    _ body: @escaping @Sendable (O, repeat each Argument) async throws -> Void
  ) {
    let readers = ParameterReaders<repeat each Argument>(parameters)
    self.init(
      name, readers, result: Void.self, isAsync: true, doc,
      .asynchronous { object, text, _ in
        {
          let arguments = try readers.read(text)
          try await body(object, repeat each arguments)
          return .null
        }
      })
  }

  /// An asynchronous method that returns a sequence, which becomes a stream.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - parameters: What is to be known about the parameters, in their order; those left out are called `arg0`, `arg1`, …
  ///   - doc: What it does.
  ///   - body: Calls it.
  @_disfavoredOverload
  public init<each Argument: Decodable & SendableMetatype, Result: Sequence & SendableMetatype>(
    _ name: String, parameters: [Parameter] = [], doc: String = "",
    _ body: @escaping @Sendable (O, repeat each Argument) async throws -> sending Result
  ) where Result.Element: Encodable & SendableMetatype {
    let readers = ParameterReaders<repeat each Argument>(parameters)
    self.init(
      name, readers, result: Result.self, element: Result.Element.self, isAsync: true, doc,
      .asynchronous { object, text, context in
        {
          let streams = try context.openStreams()
          let arguments = try readers.read(text)
          let key = try streams.open(await body(object, repeat each arguments), for: context.caller)
          return JSONFragment { $0.write(streamKey: key) }
        }
      })
  }

  /// An asynchronous method that returns an asynchronous sequence, which becomes a stream.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - parameters: What is to be known about the parameters, in their order; those left out are called `arg0`, `arg1`, …
  ///   - doc: What it does.
  ///   - body: Calls it.
  public init<each Argument: Decodable & SendableMetatype, Result: AsyncSequence & SendableMetatype>(
    _ name: String, parameters: [Parameter] = [], doc: String = "",
    _ body: @escaping @Sendable (O, repeat each Argument) async throws -> sending Result
  ) where Result.Element: Encodable & SendableMetatype {
    let readers = ParameterReaders<repeat each Argument>(parameters)
    self.init(
      name, readers, result: Result.self, element: Result.Element.self, isAsync: true, doc,
      .asynchronous { object, text, context in
        {
          let streams = try context.openStreams()
          let arguments = try readers.read(text)
          let key = try streams.open(await body(object, repeat each arguments), for: context.caller)
          return JSONFragment { $0.write(streamKey: key) }
        }
      })
  }
}

extension MemberInfo {
  /// What is known about a method.
  init<each Argument>(
    method name: String, _ readers: ParameterReaders<repeat each Argument>, result: Any.Type, element: Any.Type?, isAsync: Bool, doc: String
  ) {
    self.init(
      name, .method, type: typeName(result), schema: element == nil ? JSONFragment(schemaOf: result) : .streamKeySchema, doc: doc)
    parameters = readers.parameters
    problem = readers.problem
    isStream = element != nil
    self.element = element.map { (typeName($0), JSONFragment(schemaOf: $0)) }
    self.isAsync = isAsync
  }
}

extension JSONFragment {
  /// What a call answers whose result is a sequence.
  static let streamKeySchema = JSONFragment(
    unchecked: Array(#"{"type":"object","properties":{"key":{"type":"string"}},"required":["key"]}"#.utf8))

  /// Writes one value.
  init(_ write: (inout JSONWriter) throws -> Void) rethrows {
    var writer = JSONWriter(capacity: 64)
    try write(&writer)
    self.init(unchecked: writer.bytes)
  }
}

extension JSONWriter {
  /// Writes what a call answers whose result is a sequence.
  mutating func write(streamKey key: Key) {
    beginObject()
    writeKey("key")
    write(key.description)
    endObject()
  }
}
