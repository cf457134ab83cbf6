import TangorCore

extension ObjectRegistry {
  /// Exposes an object of a class that is `Sendable`. Its members run at the same time on many threads.
  ///
  /// - Parameters:
  ///   - object: The object.
  ///   - name: Its name: 1 to 128 letters, digits, `_` and `-`.
  ///   - options: Settings of this object; the configuration's `instance_configs` win over them.
  /// - Returns: A handle to take it back.
  /// - Throws: `invalid_request` when the name is taken or not valid, the interface is wrong, or a channel is another object's already.
  @discardableResult
  public func expose<O: LiveObject & Sendable>(_ object: O, as name: String, options: ObjectOptions = .init()) throws -> ObjectHandle<O> {
    try expose(object, as: name, interface: O.interface, options: options)
  }

  /// Exposes an object of a `Sendable` class with an interface from elsewhere.
  ///
  /// - Throws: `invalid_request` when the name is taken or not valid, the interface is wrong, or a channel is another object's already.
  @discardableResult
  public func expose<O: AnyObject & Sendable>(
    _ object: O, as name: String, interface: Interface<O>, options: ObjectOptions = .init()
  ) throws -> ObjectHandle<O> {
    try add(name, options, O.self, interface.doc, interface.members, .anywhere, Turnstile()) { object }
    return ObjectHandle(name: name, registry: self)
  }

  /// Exposes an object of any class. The registry owns it from now on, and serializes all access; the handle gives access to Swift code.
  ///
  /// - Parameters:
  ///   - object: The object; nobody else may hold it.
  ///   - name: Its name: 1 to 128 letters, digits, `_` and `-`.
  ///   - options: Settings of this object; the configuration's `instance_configs` win over them.
  /// - Returns: A handle to use it and to take it back.
  /// - Throws: `invalid_request` when the name is taken or not valid, the interface is wrong, or a channel is another object's already.
  @discardableResult
  public func expose<O: LiveObject>(_ object: sending O, as name: String, options: ObjectOptions = .init()) throws -> GuardedHandle<O> {
    try expose(object, as: name, interface: O.interface, options: options)
  }

  /// Exposes an object of any class with an interface from elsewhere.
  ///
  /// - Throws: `invalid_request` when the name is taken or not valid, the interface is wrong, or a channel is another object's already.
  @discardableResult
  public func expose<O: AnyObject & SendableMetatype>(
    _ object: sending O, as name: String, interface: Interface<O>, options: ObjectOptions = .init()
  ) throws -> GuardedHandle<O> {
    let guarded = GuardedObject(object)
    try add(name, options, O.self, interface.doc, interface.members, .gate, guarded.gate) { guarded.object }
    return GuardedHandle(name: name, registry: self, guarded: guarded)
  }

  private func add<O>(
    _ name: String, _ options: ObjectOptions, _ type: O.Type, _ doc: String, _ members: [Member<O>], _ place: ExposedObject.Place,
    _ gate: Turnstile, _ access: @escaping @Sendable () throws -> O
  ) throws {
    let object = try makeObject(name, options, type, doc, members, place, gate, access)
    // Nobody can reach the object yet, so its gate is free and its tracked values may be asked for.
    try add(object, prefix: options.channelPrefix, interface: members.map(\.info), tracked: object.trackedValues())
  }

  fileprivate func makeObject<O>(
    _ name: String, _ options: ObjectOptions, _ type: O.Type, _ doc: String, _ members: [Member<O>], _ place: ExposedObject.Place,
    _ gate: Turnstile, _ access: @escaping @Sendable () throws -> O
  ) throws -> ExposedObject {
    try checkName(name)
    let settings = ObjectSettings(configuration, options, instance: configuration.instances[name])
    return ExposedObject(
      name: name, type: typeName(type), doc: doc, place: place, settings: settings,
      members: members.map { BoundMember($0, access: access) }, channelPrefix: options.channelPrefix, gate: gate)
  }
}

extension ObjectRegistry {
  /// Exposes an actor. Its members run isolated on it.
  ///
  /// - Parameters:
  ///   - actor: The actor.
  ///   - name: Its name: 1 to 128 letters, digits, `_` and `-`.
  ///   - options: Settings of this object; the configuration's `instance_configs` win over them.
  /// - Returns: A handle to take it back.
  /// - Throws: `invalid_request` when the name is taken or not valid, the interface is wrong, or a channel is another object's already.
  @discardableResult
  public func expose<A: LiveActor>(_ actor: A, as name: String, options: ObjectOptions = .init()) async throws -> ObjectHandle<A> {
    try await expose(actor, as: name, interface: A.interface, options: options)
  }

  /// Exposes an actor with an interface from elsewhere.
  ///
  /// - Throws: `invalid_request` when the name is taken or not valid, the interface is wrong, or a channel is another object's already.
  @discardableResult
  public func expose<A: Actor>(
    _ actor: A, as name: String, interface: ActorInterface<A>, options: ObjectOptions = .init()
  ) async throws -> ObjectHandle<A> {
    let place = ExposedObject.Place.actor { body in try await actor.run(body) }
    let object = try makeObject(name, options, A.self, interface.doc, interface.members, place, Turnstile()) { actor }
    let tracked = try await actor.run { try object.trackedValues() }
    try add(object, prefix: options.channelPrefix, interface: interface.members.map(\.info), tracked: tracked)
    return ObjectHandle(name: name, registry: self)
  }
}

extension Actor {
  /// Runs a synchronous function on the actor.
  fileprivate func run<Value: Sendable>(_ body: @Sendable () throws -> Value) throws -> Value { try body() }
}

extension ExposedObject {
  /// The tracked values that are published: those of members that all may use.
  fileprivate func trackedValues() throws -> [(name: String, source: any TrackedSource)] {
    try root.members.compactMap { member in
      guard member.info.role == nil, let source = try member.tracked?() else { return nil }
      return (member.info.name, source)
    }
  }
}
