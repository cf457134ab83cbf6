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
#endif
