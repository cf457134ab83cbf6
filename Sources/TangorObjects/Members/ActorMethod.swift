import TangorJSON

/// A method of an actor, for an ``ActorInterface``: as ``Method``, with closures that run isolated on the actor.
///
/// ```swift
/// ActorMethod("add", parameters: [.init("n", label: "_")]) { (it: isolated Counter, n: Int) in it.add(n) }
/// ```
///
/// Arguments and results of asynchronous methods are `Sendable`, because they cross into the actor and out of it.
public struct ActorMethod<A: Actor>: CallableMember {
  public var member: Member<A>

  private init<each Argument>(
    _ name: String, _ readers: ParameterReaders<repeat each Argument>, result: Any.Type, element: Any.Type? = nil, _ doc: String,
    _ body: @escaping @Sendable (isolated A, inout JSONReader, CallContext, inout JSONWriter) throws -> Void
  ) {
    member = Member(
      MemberInfo(method: name, readers, result: result, element: element, isAsync: false, doc: doc),
      .method(.synchronous(Isolation<A>.drop(body))))
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
    _ body: @escaping @Sendable (isolated A, repeat each Argument) throws -> Result
  ) {
    let readers = ParameterReaders<repeat each Argument>(parameters)
    let writer = ValueWriter<Result>.make()
    self.init(name, readers, result: Result.self, doc) { actor, reader, _, out in
      let arguments = try readers.read(&reader)
      try writer.write(body(actor, repeat each arguments), to: &out)
    }
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
    _ name: String, parameters: [Parameter] = [], doc: String = "",
    _ body: @escaping @Sendable (isolated A, repeat each Argument) throws -> Void
  ) {
    let readers = ParameterReaders<repeat each Argument>(parameters)
    self.init(name, readers, result: Void.self, doc) { actor, reader, _, out in
      let arguments = try readers.read(&reader)
      try body(actor, repeat each arguments)
      out.writeNull()
    }
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
    _ body: @escaping @Sendable (isolated A, repeat each Argument) throws -> sending Result
  ) where Result.Element: Encodable & SendableMetatype {
    let readers = ParameterReaders<repeat each Argument>(parameters)
    self.init(name, readers, result: Result.self, element: Result.Element.self, doc) { actor, reader, context, out in
      let streams = try context.openStreams()
      let arguments = try readers.read(&reader)
      out.write(streamKey: try streams.open(body(actor, repeat each arguments), for: context.caller))
    }
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
    _ body: @escaping @Sendable (isolated A, repeat each Argument) throws -> sending Result
  ) where Result.Element: Encodable & SendableMetatype {
    let readers = ParameterReaders<repeat each Argument>(parameters)
    self.init(name, readers, result: Result.self, element: Result.Element.self, doc) { actor, reader, context, out in
      let streams = try context.openStreams()
      let arguments = try readers.read(&reader)
      out.write(streamKey: try streams.open(body(actor, repeat each arguments), for: context.caller))
    }
  }

  /// An asynchronous method that returns a value.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - parameters: What is to be known about the parameters, in their order; those left out are called `arg0`, `arg1`, …
  ///   - doc: What it does.
  ///   - body: Calls it.
  public init<each Argument: Decodable & Sendable, Result: Encodable & Sendable>(
    _ name: String, parameters: [Parameter] = [], doc: String = "",
    _ body: @escaping @Sendable (isolated A, repeat each Argument) async throws -> Result
  ) {
    member =
      Method<A>(
        name, parameters: parameters, doc: doc,
        { (actor: A, arguments: repeat each Argument) async throws -> Result in try await body(actor, repeat each arguments) }
      ).member
  }

  /// An asynchronous method that returns nothing.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - parameters: What is to be known about the parameters, in their order; those left out are called `arg0`, `arg1`, …
  ///   - doc: What it does.
  ///   - body: Calls it.
  @_disfavoredOverload
  public init<each Argument: Decodable & Sendable>(
    _ name: String, parameters: [Parameter] = [], doc: String = "",
    _ body: @escaping @Sendable (isolated A, repeat each Argument) async throws -> Void
  ) {
    member =
      Method<A>(
        name, parameters: parameters, doc: doc,
        { (actor: A, arguments: repeat each Argument) async throws -> Void in try await body(actor, repeat each arguments) }
      ).member
  }

  /// An asynchronous method that returns a sequence, which becomes a stream.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - parameters: What is to be known about the parameters, in their order; those left out are called `arg0`, `arg1`, …
  ///   - doc: What it does.
  ///   - body: Calls it.
  @_disfavoredOverload
  public init<each Argument: Decodable & Sendable, Result: Sequence & SendableMetatype>(
    _ name: String, parameters: [Parameter] = [], doc: String = "",
    _ body: @escaping @Sendable (isolated A, repeat each Argument) async throws -> sending Result
  ) where Result.Element: Encodable & SendableMetatype {
    member =
      Method<A>(
        name, parameters: parameters, doc: doc,
        { (actor: A, arguments: repeat each Argument) async throws -> sending Result in try await body(actor, repeat each arguments) }
      ).member
  }

  /// An asynchronous method that returns an asynchronous sequence, which becomes a stream.
  ///
  /// - Parameters:
  ///   - name: The name that pages use.
  ///   - parameters: What is to be known about the parameters, in their order; those left out are called `arg0`, `arg1`, …
  ///   - doc: What it does.
  ///   - body: Calls it.
  public init<each Argument: Decodable & Sendable, Result: AsyncSequence & SendableMetatype>(
    _ name: String, parameters: [Parameter] = [], doc: String = "",
    _ body: @escaping @Sendable (isolated A, repeat each Argument) async throws -> sending Result
  ) where Result.Element: Encodable & SendableMetatype {
    member =
      Method<A>(
        name, parameters: parameters, doc: doc,
        { (actor: A, arguments: repeat each Argument) async throws -> sending Result in try await body(actor, repeat each arguments) }
      ).member
  }
}
