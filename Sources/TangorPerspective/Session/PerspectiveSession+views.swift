import SwiftProtobuf
import TangorTables

/// Requests about views, apart from their contents.
extension PerspectiveSession {
  func makeView(_ request: WireTableMakeViewReq, _ exchange: Exchange) async throws {
    let name = request.viewID
    let limit = server.limits.viewsPerSession
    let hosted = try server.modify { registry throws(RequestError) in
      try registry.reserveView(name, of: exchange.entity, id, limit: limit)
    }
    let view: Table.ViewID
    do {
      view = try await hosted.table.makeView(ViewConfiguration(request.config))
    } catch {
      try server.change { registry throws(RequestError) in registry.removeView(name, nil) }
      throw error
    }
    let isWanted = try server.modify { registry throws(RequestError) in registry.completeView(name, id, view) }
    guard isWanted else { return await hosted.table.deleteView(view) }
    exchange.reply(.tableMakeViewResp(.with { $0.viewID = name }))
  }

  func deleteView(_ exchange: Exchange) async throws {
    let (hosted, view) = try exchange.view()
    await hosted.table.deleteView(view)
    try server.change { registry throws(RequestError) in registry.removeView(exchange.entity, exchange.subscriber) }
  }

  func measure(_ exchange: Exchange) async throws {
    let (hosted, id) = try exchange.view()
    let (tableRows, rows, columns) = try await hosted.table.dimensions(of: id)
    exchange.reply(
      .viewDimensionsResp(
        .with {
          $0.numTableRows = UInt32(clamping: tableRows)
          $0.numTableColumns = UInt32(clamping: hosted.table.schema.columns.count)
          $0.numViewRows = UInt32(clamping: rows)
          $0.numViewColumns = UInt32(clamping: columns)
        }))
  }

  func describeViewSchema(_ exchange: Exchange) async throws {
    let schema = try await exchange.withView { $0.schema }
    exchange.reply(
      .viewSchemaResp(
        .with { $0.schema = [String: WireColumnType](schema.map { ($0.name, WireColumnType($0.type)) }) { first, _ in first } }))
  }

  func describeConfiguration(_ exchange: Exchange) async throws {
    let schema = try exchange.view().hosted.table.schema
    let configuration = try await exchange.withView { $0.resolvedConfiguration }
    exchange.reply(.viewGetConfigResp(.with { $0.config = WireViewConfig(configuration, schema) }))
  }

  func listColumns(_ request: WireViewColumnPathsReq, _ exchange: Exchange) async throws {
    let viewport = Viewport(
      startColumn: request.hasStartCol ? Int(request.startCol) : nil, endColumn: request.hasEndCol ? Int(request.endCol) : nil)
    let (paths, depth) = try await exchange.withView { view in
      (view.columnPaths(viewport.columns), view.configuration.splitBy.count)
    }
    exchange.reply(
      .viewColumnPathsResp(
        .with { response in
          response.paths = paths.map { $0.title }
          response.levels = (0..<depth).map { level in
            .with { $0.values = paths.map { level < $0.path.count ? WireScalar($0.path[level]) : WireScalar(.null) } }
          }
          response.levels.append(.with { $0.values = paths.map { WireScalar(.text($0.name)) } })
        }))
  }

  func findExtremes(_ request: WireViewGetMinMaxReq, _ exchange: Exchange) async throws {
    let extremes = try await exchange.withView { try $0.extremes(of: request.columnName) }
    let (least, greatest) = (WireScalar(extremes.least), WireScalar(extremes.greatest))
    if clientRelease.readsExtremesAsText {
      outbox.send(Reply.texts(exchange.message, exchange.entity, field: 20, least.json, greatest.json))
    } else {
      exchange.reply(
        .viewGetMinMaxResp(
          .with {
            $0.min = least
            $0.max = greatest
          }))
    }
  }

  // MARK: Groups

  func expand(_ row: Int, _ exchange: Exchange) async throws {
    let count = try await exchange.withView { $0.expand(row) }
    exchange.reply(.viewExpandResp(.with { $0.numChanged = UInt32(clamping: count) }))
  }

  func collapse(_ row: Int, _ exchange: Exchange) async throws {
    let count = try await exchange.withView { $0.collapse(row) }
    exchange.reply(.viewCollapseResp(.with { $0.numChanged = UInt32(clamping: count) }))
  }

  func setDepth(_ depth: Int, _ exchange: Exchange) async throws {
    try await exchange.withView { $0.setDepth(depth) }
    exchange.reply(.viewSetDepthResp(.init()))
  }
}

extension ColumnPath {
  /// The heading as one text.
  fileprivate var title: String { (path.map(\.pathText) + [name]).joined(separator: "|") }
}
