/// A class whose members a page may use, as far as its interface says.
///
/// ```swift
/// final class Thermostat {
///   var target = 21.0
///   func raise(by degrees: Double) -> Double { target += degrees; return target }
/// }
///
/// extension Thermostat: LiveObject {
///   static let interface = Interface<Thermostat>("The thermostat of the hall.") {
///     Property("target", \.target, doc: "Degrees Celsius.")
///     Method("raise", parameters: [.init("degrees", label: "by")]) { (it: Thermostat, degrees: Double) in it.raise(by: degrees) }
///   }
/// }
/// ```
///
/// The class is `final`. A class that is `Sendable` is called concurrently; access to any other is serialized, and its methods are
/// synchronous.
public protocol LiveObject: AnyObject, SendableMetatype {
  /// What pages may use.
  static var interface: Interface<Self> { get }
}

/// An actor whose members a page may use, as far as its interface says. All of them run isolated on the actor.
///
/// ```swift
/// actor Counter {
///   var count = 0
///   func add(_ n: Int) -> Int { count += n; return count }
/// }
///
/// extension Counter: LiveActor {
///   static let interface = ActorInterface<Counter>("Counts.") {
///     ActorProperty("count") { (it: isolated Counter) in it.count }
///     ActorMethod("add", parameters: [.init("n", label: "_")]) { (it: isolated Counter, n: Int) in it.add(n) }
///   }
/// }
/// ```
public protocol LiveActor: Actor {
  /// What pages may use.
  static var interface: ActorInterface<Self> { get }
}
