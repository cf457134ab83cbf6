#if Macros
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
#endif
