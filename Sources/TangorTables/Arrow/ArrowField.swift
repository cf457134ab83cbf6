/// A column of an Arrow schema, or a part of one.
struct ArrowField: Sendable {
  var name: String
  var type: ArrowType
  var children: [ArrowField]
  var dictionary: Encoding?

  /// That the values stand in a dictionary, and the column has their places in it.
  struct Encoding: Sendable {
    var id: Int64
    var indices: ArrowType
  }

  /// The same field as its dictionary holds it.
  var decoded: ArrowField {
    var field = self
    field.dictionary = nil
    return field
  }
}

enum ArrowType: Sendable, Equatable {
  case null
  case int(bits: Int, isSigned: Bool)
  case float32
  case float64
  case bool
  case utf8
  case largeUTF8
  case binary
  case decimal128(scale: Int)
  /// Days since 1970-01-01.
  case date32
  /// Milliseconds since 1970-01-01.
  case date64
  case timestamp(ArrowTimeUnit)
  case time32
  case list
  case largeList
  case structure
}

enum ArrowTimeUnit: Int16, Sendable {
  case second
  case millisecond
  case microsecond
  case nanosecond

  var name: String {
    switch self {
    case .second: "s"
    case .millisecond: "ms"
    case .microsecond: "us"
    case .nanosecond: "ns"
    }
  }
}

extension ArrowField {
  /// The most fields that a schema may have, with all that are nested in others.
  private static let maximumCount = 100_000
  private static let maximumDepth = 64

  /// The fields of a schema.
  ///
  /// - Throws: ``TableError`` for damaged metadata and for types that no column takes
  static func fields(of schema: FlatTable) throws(TableError) -> [ArrowField] {
    guard try schema.scalar(0, default: Int16(0)) == 0 else {
      throw TableError("The Arrow data is in big-endian order; write it in little-endian order.")
    }
    var count = 0
    return try fields(schema.tables(1), depth: 1, &count)
  }

  private static func fields(_ tables: [FlatTable], depth: Int, _ count: inout Int) throws(TableError) -> [ArrowField] {
    guard depth <= maximumDepth else { throw TableError("The columns of the Arrow data are nested more than \(maximumDepth) deep.") }
    count += tables.count
    guard count <= maximumCount else { throw TableError("The Arrow data has more than \(maximumCount) columns.") }
    var fields: [ArrowField] = []
    for table in tables {
      let children = try Self.fields(table.tables(5), depth: depth + 1, &count)
      var encoding: Encoding?
      if let dictionary = try table.table(4) {
        let indices = try dictionary.table(1)
        encoding = Encoding(
          id: try dictionary.scalar(0, default: 0),
          indices: .int(
            bits: try Int(indices?.scalar(0, default: Int32(32)) ?? 32), isSigned: try indices?.scalar(1, default: UInt8(0)) ?? 1 != 0))
      }
      let type = try ArrowType(code: table.scalar(2, default: UInt8(0)), table.table(3))
      let wanted = type == .list || type == .largeList ? 1 : type == .structure ? children.count : 0
      guard children.count == wanted else { throw .damagedArrow("a column has \(children.count) parts where its type has \(wanted)") }
      fields.append(ArrowField(name: try table.string(0) ?? "", type: type, children: children, dictionary: encoding))
    }
    return fields
  }
}

extension ArrowType {
  /// - Parameters:
  ///   - code: which member of Arrow's union of types it is
  ///   - table: what that member says about itself
  fileprivate init(code: UInt8, _ table: FlatTable?) throws(TableError) {
    func unit(default value: ArrowTimeUnit) throws(TableError) -> ArrowTimeUnit {
      ArrowTimeUnit(rawValue: try table?.scalar(0, default: value.rawValue) ?? value.rawValue) ?? value
    }
    switch code {
    case 1: self = .null
    case 2:
      let bits = try Int(table?.scalar(0, default: Int32(0)) ?? 0)
      guard [8, 16, 32, 64].contains(bits) else { throw .damagedArrow("it has whole numbers of \(bits) bits") }
      self = .int(bits: bits, isSigned: try table?.scalar(1, default: UInt8(0)) ?? 0 != 0)
    case 3:
      switch try table?.scalar(0, default: Int16(0)) ?? 0 {
      case 1: self = .float32
      case 2: self = .float64
      default: throw Self.unsupported("halffloat")
      }
    case 4: self = .binary
    case 5: self = .utf8
    case 6: self = .bool
    case 7:
      let bits = try table?.scalar(2, default: Int32(128)) ?? 128
      guard bits == 128 else { throw Self.unsupported("decimal\(bits)") }
      let scale = try Int(table?.scalar(1, default: Int32(0)) ?? 0)
      guard -100...100 ~= scale else { throw .damagedArrow("it has decimals of scale \(scale)") }
      self = .decimal128(scale: scale)
    case 8: self = try table?.scalar(0, default: Int16(1)) ?? 1 == 0 ? .date32 : .date64
    case 9:
      guard try table?.scalar(1, default: Int32(32)) ?? 32 == 32 else {
        throw TableError("Could not load Arrow column of type `time64[\(try unit(default: .millisecond).name)]`.\n")
      }
      self = .time32
    case 10: self = .timestamp(try unit(default: .second))
    case 12: self = .list
    case 13: self = .structure
    case 20: self = .largeUTF8
    case 21: self = .largeList
    default: throw try Self.unsupported(Self.name(code, table))
    }
  }

  private static func name(_ code: UInt8, _ table: FlatTable?) throws(TableError) -> String {
    switch code {
    case 11: ["month_interval", "day_time_interval", "month_day_nano_interval"][Int(min(2, try table?.scalar(0, default: UInt16(0)) ?? 0))]
    case 14: try table?.scalar(0, default: Int16(0)) ?? 0 == 0 ? "sparse_union" : "dense_union"
    case 15: "fixed_size_binary"
    case 16: "fixed_size_list"
    case 17: "map"
    case 18: "duration"
    case 19: "large_binary"
    case 22: "run_end_encoded"
    case 23: "binary_view"
    case 24: "utf8_view"
    case 25: "list_view"
    case 26: "large_list_view"
    default: "type \(code)"
    }
  }

  private static func unsupported(_ name: String) -> TableError { TableError("Could not load arrow column of type `\(name)`\n") }
}
