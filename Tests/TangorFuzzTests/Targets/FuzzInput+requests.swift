import Foundation
import SwiftProtobuf

@testable import TangorPerspective
@testable import TangorTables

/// Requests that can be decoded, and ask for anything.
extension FuzzInput {
  private static let tables = ["hosted", "t", "u", "fixed", "", "gone", "v"]
  private static let views = ["v", "w", "x", "", "gone", "t"]

  mutating func request() -> WireRequest {
    var request = WireRequest()
    request.msgID = flag() ? UInt32(byte()) : 0
    let body = self.body()
    request.entityID = one(of: body.isOfTable ? Self.tables : Self.views)
    request.clientReq = body.body
    return request
  }

  private mutating func body() -> (body: WireRequest.OneOf_ClientReq?, isOfTable: Bool) {
    switch below(32) {
    case 0, 1: (.tableMakeViewReq(makeView()), true)
    case 2: (.makeTableReq(makeTable()), true)
    case 3, 4: (.tableUpdateReq(.with { ($0.data, $0.portID) = (data(), flag() ? 0 : position()) }), true)
    case 5: (.tableReplaceReq(.with { $0.data = data() }), true)
    case 6: (.tableRemoveReq(.with { $0.data = flag() ? keys() : data() }), true)
    case 7: (.tableDeleteReq(.with { $0.isImmediate = flag() }), true)
    case 8: (.tableMakePortReq(.init()), true)
    case 9: (.tableSchemaReq(.init()), true)
    case 10: (.tableSizeReq(.init()), true)
    case 11: (.tableDescribeReq(.with { $0.config = configuration() }), true)
    case 12: (.tableValidateExprReq(.with { $0.columnToExpr = [text(): text()] }), true)
    case 13: (flag() ? .tableOnDeleteReq(.init()) : .tableRemoveDeleteReq(.with { $0.id = UInt32(byte()) }), true)
    case 14: (flag() ? .viewOnDeleteReq(.init()) : .viewRemoveDeleteReq(.with { $0.id = UInt32(byte()) }), false)
    case 15: (.viewOnUpdateReq(.with { if flag() { $0.mode = .row } }), false)
    case 16: (flag() ? .viewOnRemoveReq(.init()) : .viewRemoveOnRemoveReq(.with { $0.id = UInt32(byte()) }), false)
    case 17: (.viewRemoveOnUpdateReq(.with { $0.id = UInt32(byte()) }), false)
    case 18: (.viewDeleteReq(.init()), false)
    case 19: (.viewDimensionsReq(.init()), false)
    case 20: (flag() ? .viewSchemaReq(.init()) : .viewExpressionSchemaReq(.init()), false)
    case 21: (.viewGetConfigReq(.init()), false)
    case 22: (.viewGetMinMaxReq(.with { $0.columnName = column() }), false)
    case 23: (.viewExpandReq(.with { $0.rowIndex = position() }), false)
    case 24: (.viewCollapseReq(.with { $0.rowIndex = position() }), false)
    case 25: (.viewSetDepthReq(.with { $0.depth = position() }), false)
    case 26: (.viewToArrowReq(.with { ($0.viewport, $0.compression) = (viewport(), one(of: ["", "lz4", "zstd", "brotli"])) }), false)
    case 27: (.viewToCsvReq(.with { $0.viewport = viewport() }), false)
    case 28: (text(of: viewport()), false)
    case 29: (columnPaths(), false)
    case 30: (.getHostedTablesReq(.with { $0.subscribe = flag() }), true)
    default:
      (
        one(of: [
          nil, .getFeaturesReq(.init()), .serverSystemInfoReq(.init()), .removeHostedTablesUpdateReq(.init()),
          .makeJoinTableReq(.with { $0.leftTableID = "hosted" }),
        ]), true
      )
    }
  }

  private mutating func text(of viewport: WireViewPort) -> WireRequest.OneOf_ClientReq {
    let (kind, options) = (below(3), byte())
    switch kind {
    case 0:
      return .viewToRowsStringReq(
        .with { ($0.viewport, $0.id, $0.index, $0.formatted) = (viewport, options & 1 == 1, options & 2 == 2, options & 4 == 4) })
    case 1:
      return .viewToColumnsStringReq(
        .with { ($0.viewport, $0.id, $0.index, $0.formatted) = (viewport, options & 1 == 1, options & 2 == 2, options & 4 == 4) })
    default:
      return .viewToNdjsonStringReq(.with { $0.viewport = viewport })
    }
  }

  private mutating func columnPaths() -> WireRequest.OneOf_ClientReq {
    .viewColumnPathsReq(
      .with {
        if flag() { $0.startCol = position() }
        if flag() { $0.endCol = position() }
      })
  }

  private mutating func viewport() -> WireViewPort {
    .with {
      let given = byte()
      if given & 1 != 0 { $0.startRow = position() }
      if given & 2 != 0 { $0.endRow = position() }
      if given & 4 != 0 { $0.startCol = position() }
      if given & 8 != 0 { $0.endCol = position() }
      if given & 16 != 0 { $0.machineColumnNames = true }
    }
  }

  // MARK: Views

  /// A column of one of the tables, mostly.
  private mutating func column() -> String { flag() ? one(of: ColumnKind.allCases).rawValue : text() }

  private mutating func makeView() -> WireTableMakeViewReq {
    .with { ($0.viewID, $0.config) = (one(of: Self.views), configuration()) }
  }

  private mutating func configuration() -> WireViewConfig {
    .with {
      let parts = byte()
      if parts & 1 != 0 { $0.groupBy = some(3) { $0.column() } }
      if parts & 2 != 0 { $0.splitBy = some(2) { $0.column() } }
      if parts & 4 != 0 { $0.columns.columns.columns = some(4) { $0.column() } }
      if parts & 8 != 0 { $0.filter = some(3) { $0.filter() } }
      if parts & 16 != 0 {
        $0.sort = some(3) { input in .with { ($0.column, $0.op) = (input.column(), WireSortOp(rawValue: input.below(10)) ?? .sortNone) } }
      }
      if parts & 32 != 0 {
        for _ in 0..<below(4) {
          let names = flag() ? [one(of: Aggregate.allCases).rawValue] : [one(of: Aggregate.allCases).rawValue, column()]
          $0.aggregates[column()] = .with { $0.aggregations = names }
        }
      }
      if parts & 64 != 0 {
        $0.groupRollupMode = WireGroupRollupMode(rawValue: below(4)) ?? .rollup
        $0.splitRollupMode = WireSplitRollupMode(rawValue: below(3)) ?? .flat
        $0.filterOp = flag() ? .or : .and
      }
      if parts & 128 != 0 {
        if flag() { $0.groupByDepth = position() } else { $0.groupBy = Array(repeating: column(), count: below(120)) }
        if below(8) == 7 { $0.expressions = [text(): text()] }
      }
    }
  }

  private mutating func filter() -> WireViewConfig.Filter {
    let names = FilterOperator.allCases.map(\.rawValue) + ["startswith", "is None", "nonsense", ""]
    return .with { ($0.column, $0.op, $0.value) = (column(), one(of: names), some(3) { $0.scalar() }) }
  }

  private mutating func scalar() -> WireScalar {
    switch below(6) {
    case 0: .with { $0.bool = flag() }
    case 1, 2: .with { $0.float = number() }
    case 3, 4: .with { $0.string = text() }
    default: flag() ? .init() : .with { $0.null = .nullValue }
    }
  }

  // MARK: Data

  private mutating func makeTable() -> WireMakeTableReq {
    .with {
      $0.data = data()
      if below(8) == 7 { $0.data.fromView = one(of: Self.views) }
      switch below(4) {
      case 0: break
      case 1: $0.options.makeIndexTable = column()
      case 2: $0.options.makeLimitTable = position()
      default: $0.options.makeIndexTable = "a"
      }
      $0.options.listFlatten = WireListFlatten(rawValue: below(4)) ?? .zip
      if below(8) == 7 { $0.options.schema = schema() }
    }
  }

  private mutating func schema() -> WireSchema {
    .with {
      $0.schema = some(5) { input in .with { ($0.name, $0.type) = (input.column(), WireColumnType(rawValue: input.below(7)) ?? .string) } }
    }
  }

  private mutating func data() -> WireMakeTableData {
    switch below(9) {
    case 0: .with { $0.fromSchema = schema() }
    case 1: .with { $0.fromCsv = .init(one(of: CSVFuzzing.seeds).dropFirst()) }
    case 2: .with { $0.fromCols = .init(one(of: JSONFuzzing.seeds).dropFirst()) }
    case 3: .with { $0.fromRows = .init(one(of: JSONFuzzing.seeds).dropFirst()) }
    case 4: .with { $0.fromNdjson = .init(bytes(40)) }
    case 5: .with { $0.fromRows = .init(bytes(40)) }
    case 6, 7: .with { $0.fromArrow = .init(arrow()) }
    default: .with { $0.fromRows = .init(rows().utf8) }
    }
  }

  private mutating func keys() -> WireMakeTableData {
    let keys = some(4) { input in input.flag() ? "\(input.integer())" : input.one(of: ["null", "true", "\"a\"", "1.5", "[]", "1e99"]) }
    return .with { $0.fromRows = .init("[\(keys.joined(separator: ","))]".utf8) }
  }

  private mutating func rows() -> String {
    let rows = some(6) { input in
      let cells = input.some(4) { input in
        let name = input.one(of: ["a", "b", "int8", "float64", "date", "datetime", "uint64", "__INDEX__"])
        return "\"\(name)\":"
          + input.one(of: ["null", "1", "-1", "0", "2", "1.5", "\"x\"", "\"y\"", "true", "1e300", "\"2020-01-02\"", "128"])
      }
      return "{\(cells.joined(separator: ","))}"
    }
    return "[\(rows.joined(separator: ","))]"
  }

  /// Columns of every kind with the values at the ends of what they hold.
  private mutating func arrow() -> [UInt8] {
    let rowCount = below(8)
    let columns = some(5) { input -> BatchColumn in
      let kind = input.one(of: ColumnKind.allCases)
      let cells = (0..<rowCount).map { _ in input.cell(kind) }
      return BatchColumn(input.flag() ? kind.rawValue : input.column(), cells, kind: kind)
    }
    return (try? ArrowWriter.stream(Batch(rowCount: rowCount, columns: columns))) ?? []
  }

  private mutating func cell(_ kind: ColumnKind) -> CellValue {
    if below(5) == 4 { return .null }
    switch kind.type {
    case .integer: return .integer(integer())
    case .float: return .float(number())
    case .boolean: return .boolean(flag())
    case .date: return .date(Int32(truncatingIfNeeded: integer()))
    case .datetime: return .datetime(integer())
    case .string: return .text(text())
    }
  }
}
