/// What a column holds, as its users name it.
public enum ColumnType: String, Sendable, Hashable, CaseIterable {
  /// UTF-8 text.
  case string
  /// A civil date.
  case date
  /// A moment in UTC, in milliseconds.
  case datetime
  /// A whole number.
  case integer
  /// A floating-point number.
  case float
  /// True or false.
  case boolean
}

/// How a column's values are stored: the columns of one type differ in width, as they came.
public enum ColumnKind: String, Sendable, Hashable, CaseIterable {
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case float32, float64
  /// One byte for each value, 0 or 1.
  case boolean
  /// Days since 1970-01-01, as `Int32`.
  case date
  /// Milliseconds since 1970-01-01T00:00:00Z, as `Int64`.
  case datetime
  /// Codes into the column's dictionary, as `Int32`.
  case string

  /// The kind of a column that is declared by its type alone.
  public init(_ type: ColumnType) {
    switch type {
    case .string: self = .string
    case .date: self = .date
    case .datetime: self = .datetime
    case .integer: self = .int32
    case .float: self = .float64
    case .boolean: self = .boolean
    }
  }

  /// What a column of this kind holds.
  public var type: ColumnType {
    switch self {
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64: .integer
    case .float32, .float64: .float
    case .boolean: .boolean
    case .date: .date
    case .datetime: .datetime
    case .string: .string
    }
  }

  /// The bytes of one stored value.
  public var width: Int {
    switch self {
    case .int8, .uint8, .boolean: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .float32, .date, .string: 4
    case .int64, .uint64, .float64, .datetime: 8
    }
  }
}

/// The names and kinds of a table's columns, in their order.
public struct Schema: Sendable, Hashable {
  public struct Column: Sendable, Hashable {
    public var name: String
    public var kind: ColumnKind

    public init(_ name: String, _ kind: ColumnKind) {
      self.name = name
      self.kind = kind
    }
  }

  public var columns: [Column]

  public init(_ columns: [Column] = []) { self.columns = columns }

  /// The kind of a column; nil when there is none of that name.
  public subscript(name: String) -> ColumnKind? { columns.first { $0.name == name }?.kind }
}
