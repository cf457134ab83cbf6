#if !Macros
// Without the trait the macros are still known, so that their use says what is missing.

/// `@Live`, which needs the package's trait `Macros`.
@available(*, unavailable, message: "the package Tangor is used without its trait: add 'traits: [\"Macros\"]' to the dependency")
@attached(extension, conformances: LiveObject, LiveActor, names: named(interface))
public macro Live(capturesSource: Bool = true) = #externalMacro(module: "TangorMacroPlugin", type: "LiveMacro")

/// `@Hidden`, which needs the package's trait `Macros`.
@available(*, unavailable, message: "the package Tangor is used without its trait: add 'traits: [\"Macros\"]' to the dependency")
@attached(peer)
public macro Hidden() = #externalMacro(module: "TangorMacroPlugin", type: "HiddenMacro")

/// `@Nested`, which needs the package's trait `Macros`.
@available(*, unavailable, message: "the package Tangor is used without its trait: add 'traits: [\"Macros\"]' to the dependency")
@attached(peer)
public macro Nested() = #externalMacro(module: "TangorMacroPlugin", type: "NestedMacro")

/// `@ReadOnly`, which needs the package's trait `Macros`.
@available(*, unavailable, message: "the package Tangor is used without its trait: add 'traits: [\"Macros\"]' to the dependency")
@attached(peer)
public macro ReadOnly() = #externalMacro(module: "TangorMacroPlugin", type: "ReadOnlyMacro")

/// `@Requires`, which needs the package's trait `Macros`.
@available(*, unavailable, message: "the package Tangor is used without its trait: add 'traits: [\"Macros\"]' to the dependency")
@attached(peer)
public macro Requires(_ role: String) = #externalMacro(module: "TangorMacroPlugin", type: "RequiresMacro")

/// `@Marked`, which needs the package's trait `Macros`.
@available(*, unavailable, message: "the package Tangor is used without its trait: add 'traits: [\"Macros\"]' to the dependency")
@attached(peer)
public macro Marked(_ mark: String) = #externalMacro(module: "TangorMacroPlugin", type: "MarkedMacro")

/// `@Locking`, which needs the package's trait `Macros`.
@available(*, unavailable, message: "the package Tangor is used without its trait: add 'traits: [\"Macros\"]' to the dependency")
@attached(peer)
public macro Locking(_ isLocking: Bool = true) = #externalMacro(module: "TangorMacroPlugin", type: "LockingMacro")

/// `@Synchronous`, which needs the package's trait `Macros`.
@available(*, unavailable, message: "the package Tangor is used without its trait: add 'traits: [\"Macros\"]' to the dependency")
@attached(peer)
public macro Synchronous(_ isSynchronous: Bool = true) = #externalMacro(module: "TangorMacroPlugin", type: "SynchronousMacro")

/// `@TimeLimit`, which needs the package's trait `Macros`.
@available(*, unavailable, message: "the package Tangor is used without its trait: add 'traits: [\"Macros\"]' to the dependency")
@attached(peer)
public macro TimeLimit(_ limit: Duration) = #externalMacro(module: "TangorMacroPlugin", type: "TimeLimitMacro")

/// `@MaxStartDelay`, which needs the package's trait `Macros`.
@available(*, unavailable, message: "the package Tangor is used without its trait: add 'traits: [\"Macros\"]' to the dependency")
@attached(peer)
public macro MaxStartDelay(_ delay: Duration) = #externalMacro(module: "TangorMacroPlugin", type: "MaxStartDelayMacro")
#endif
