@_exported public import TangorObjects

#if Macros
  /// Writes the interface of a class or an actor: an extension that makes it a `LiveObject` or a `LiveActor`, with an entry for each member.
  ///
  /// ```swift
  /// @Live final class Thermostat {
  ///   /// Degrees Celsius.
  ///   var target = 21.0
  ///   func raise(by degrees: Double) -> Double { target += degrees; return target }
  /// }
  /// ```
  ///
  /// All properties and methods that are written in the type's own braces are served, but for those that are private, static or marked as
  /// ``Hidden()``. What cannot be served is an error at the member. Documentation comments become documentation for pages.
  ///
  /// - Parameter capturesSource: Whether the members' source text is kept for `interface.source_access`; `true` by default. It becomes part
  ///   of the program.
  @attached(extension, conformances: LiveObject, LiveActor, names: named(interface))
  public macro Live(capturesSource: Bool = true) = #externalMacro(module: "TangorMacroPlugin", type: "LiveMacro")

  /// Keeps a member of a type with ``Live(capturesSource:)`` from pages.
  @attached(peer)
  public macro Hidden() = #externalMacro(module: "TangorMacroPlugin", type: "HiddenMacro")

  /// Serves a property whose type is a `LiveObject` as an object within the object: its members are reached by longer paths.
  @attached(peer)
  public macro Nested() = #externalMacro(module: "TangorMacroPlugin", type: "NestedMacro")

  /// Keeps pages from setting and deleting a property.
  @attached(peer)
  public macro ReadOnly() = #externalMacro(module: "TangorMacroPlugin", type: "ReadOnlyMacro")

  /// Serves a member to clients that have a role; for others it does not exist.
  @attached(peer)
  public macro Requires(_ role: String) = #externalMacro(module: "TangorMacroPlugin", type: "RequiresMacro")

  /// Puts a mark on a member. Members with a mark that `interface.access_restricting_attributes` names are not served.
  @attached(peer)
  public macro Marked(_ mark: String) = #externalMacro(module: "TangorMacroPlugin", type: "MarkedMacro")

  /// Lets a member run only while no other locking member of its object does, or `false`: at any time.
  @attached(peer)
  public macro Locking(_ isLocking: Bool = true) = #externalMacro(module: "TangorMacroPlugin", type: "LockingMacro")

  /// Lets a member that is quick and never blocks run at once where the request arrived, on an event loop; or `false`: on the pool.
  @attached(peer)
  public macro Synchronous(_ isSynchronous: Bool = true) = #externalMacro(module: "TangorMacroPlugin", type: "SynchronousMacro")

  /// Limits how long a member may run. The caller is answered `timeout` beyond it.
  @attached(peer)
  public macro TimeLimit(_ limit: Duration) = #externalMacro(module: "TangorMacroPlugin", type: "TimeLimitMacro")

  /// Limits how long after its arrival a call may begin. The caller is answered `call_not_started` beyond it, and the call never runs.
  @attached(peer)
  public macro MaxStartDelay(_ delay: Duration) = #externalMacro(module: "TangorMacroPlugin", type: "MaxStartDelayMacro")
#else
  /// Writes the interface of a class or an actor; needs the package's trait `Macros`.
  @available(*, unavailable, message: "'@Live' needs the trait Macros: .package(url: …, from: …, traits: [.defaults, \"Macros\"])")
  @attached(extension, conformances: LiveObject, LiveActor, names: named(interface))
  public macro Live(capturesSource: Bool = true) = #externalMacro(module: "TangorMacroPlugin", type: "LiveMacro")
#endif
