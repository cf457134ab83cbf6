/// A property whose changes an exposed object publishes to the channel of the property's name.
///
/// ```swift
/// final class Sensor {
///   @Tracked var celsius = 21.5
/// }
///
/// extension Sensor: LiveObject {
///   static let interface = Interface<Sensor>("A sensor.") { Property("celsius", tracked: \.$celsius) }
/// }
/// ```
///
/// The whole new value is published whenever it is set or changed in place, from Swift or by a page, in the order of the changes. While
/// its object is not exposed, setting it costs a lock and no more. A class that is `Sendable` cannot have wrapped properties; it holds a
/// ``TrackedValue`` instead.
@propertyWrapper
public struct Tracked<Value: Codable & Sendable>: Sendable {
  /// The value with those who watch it.
  public let projectedValue: TrackedValue<Value>

  /// - Parameter wrappedValue: The first value.
  public init(wrappedValue: Value) { projectedValue = TrackedValue(wrappedValue) }

  /// The value.
  public var wrappedValue: Value {
    get { projectedValue.value }
    nonmutating set { projectedValue.value = newValue }
    nonmutating _modify { yield &projectedValue.value }
  }
}
