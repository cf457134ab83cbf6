/// The name of a type as one writes it in Swift: `Int?`, `[String: Double]`.
func typeName(_ type: Any.Type) -> String {
  if let type = type as? any SugaredType.Type { return type.sugaredName }
  return type == Void.self ? "Void" : "\(type)"
}

private protocol SugaredType {
  static var sugaredName: String { get }
}

extension Optional: SugaredType {
  static var sugaredName: String { typeName(Wrapped.self) + "?" }
}

extension Array: SugaredType {
  static var sugaredName: String { "[\(typeName(Element.self))]" }
}

extension Dictionary: SugaredType {
  static var sugaredName: String { "[\(typeName(Key.self)): \(typeName(Value.self))]" }
}

/// A type that has a value for nothing.
protocol EmptyableType {
  static var empty: Self { get }
}

extension Optional: EmptyableType {
  static var empty: Self { nil }
}

/// The value for nothing of a type, where it has one.
func emptyValue<Value>(of type: Value.Type) -> Value? {
  guard let emptyable = type as? any EmptyableType.Type else { return nil }
  return emptyable.empty as? Value
}
