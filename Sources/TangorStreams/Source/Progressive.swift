public import TangorCore

/// An element of a sequence that reports its progress between its values.
///
/// ```swift
/// func tiles() -> some Sequence<Progressive<Tile>> {
///   (0..<10).lazy.flatMap { row in
///     [.progress(Progress(completed: Double(row), total: 10)), .value(render(row))]
///   }
/// }
/// ```
public enum Progressive<Value> {
  /// A value, which gets the next index and is given to one reader.
  case value(Value)
  /// How far the computation has come. It takes no index, and is replaced by later ones that come before the next value.
  case progress(Progress)
}

extension Progressive: Sendable where Value: Sendable {}
