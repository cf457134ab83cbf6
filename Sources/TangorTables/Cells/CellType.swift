/// What is known of a Swift type's values as cells, without one at hand.
enum CellType {
  /// The kind of column that a type's values make; nil when the type alone does not tell it.
  static func kind(of type: Any.Type) -> ColumnKind? {
    if let type = type as? any CellConvertible.Type { return type.cellKind }
    if let type = type as? any OptionalType.Type { return kind(of: type.wrapped) }
    if let type = type as? any RawRepresentable.Type { return kind(of: rawType(type)) }
    return nil
  }

  private static func rawType<Raw: RawRepresentable>(_: Raw.Type) -> Any.Type { Raw.RawValue.self }

  /// The first of a type's cases; nil when it lists none.
  static func firstCase(of type: Any.Type) -> Any? { (type as? any CaseIterable.Type).flatMap { first($0) } }

  private static func first<Cases: CaseIterable>(_: Cases.Type) -> Any? { Cases.allCases.first }
}

private protocol OptionalType {
  static var wrapped: Any.Type { get }
}

extension Optional: OptionalType {
  fileprivate static var wrapped: Any.Type { Wrapped.self }
}

extension ColumnKind {
  /// A value that a column of the kind can have.
  var sample: CellValue {
    switch type {
    case .string: .text("")
    case .date: .date(0)
    case .datetime: .datetime(0)
    case .integer: .integer(0)
    case .float: .float(0)
    case .boolean: .boolean(false)
    }
  }
}
