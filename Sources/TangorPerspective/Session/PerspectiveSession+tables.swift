import SwiftProtobuf
import TangorTables

/// Requests about tables.
extension PerspectiveSession {
  func listTables(_ request: WireGetHostedTablesReq, _ exchange: Exchange) {
    guard !request.subscribe else {
      server.subscribeToList(exchange.subscriber)
      return
    }
    var response = WireGetHostedTablesResp()
    response.tableInfos = server.tables.map { hosted in
      var info = WireHostedTable()
      info.entityID = hosted.name
      if let index = hosted.table.index { info.index = index }
      if let limit = hosted.table.limit { info.limit = UInt32(clamping: limit) }
      return info
    }
    exchange.reply(.getHostedTablesResp(response))
  }

  // MARK: Making and deleting

  func makeTable(_ request: WireMakeTableReq, _ exchange: Exchange) async throws {
    let name = exchange.entity
    let limits = server.limits
    guard limits.clientsMayMakeTables else {
      throw RequestError("Clients cannot make tables on this server; open one that it has.")
    }
    try server.read { registry throws(RequestError) in
      try registry.checkName(name)
      if registry.tableCount >= limits.tables { throw RequestError("The server has \(limits.tables) tables; delete some first.") }
    }
    var isFromView = false
    if case .fromView? = request.data.data { isFromView = true }
    if request.options.hasSchema, !isFromView { throw RequestError("`schema` is only valid when making a Table from a View") }
    let options = try TableOptions(request.options)
    let hosted: HostedTable
    switch request.data.data {
    case nil: throw RequestError.malformedData
    case .fromView(let view):
      let isThere = (try? server.read { registry throws(RequestError) in try registry.view(view).id }) != nil
      throw isThere ? RequestError.unsupported("Tables made from views") : RequestError("View \"\(view)\" does not exist")
    case .fromSchema(let given):
      let schema = Schema(given.schema.map { Schema.Column($0.name, ColumnKind(ColumnType($0.type))) })
      hosted = HostedTable(
        name: name, table: try Table(schema: schema, index: options.index, limit: options.limit), listFlatten: options.listFlatten)
    case .some:
      let reader = DataReader(exchange.payload, listFlatten: options.listFlatten, index: options.index, compression: server.compression)
      var batch = try reader.newTable(request.data)
      let schema = Schema(
        batch.columns.filter { !reader.isKey($0, in: request.data) }.map { Schema.Column($0.name, $0.values.kind) })
      let table = try Table(schema: schema, index: options.index, limit: options.limit)
      if schema.columns.isEmpty { batch.rowCount = 0 }
      try await table.update(batch)
      hosted = HostedTable(name: name, table: table, listFlatten: options.listFlatten)
    }
    try server.change { registry throws(RequestError) in
      let deliveries = try registry.add(hosted)
      exchange.reply(.makeTableResp(.init()))
      return deliveries
    }
  }

  func deleteTable(_ request: WireTableDeleteReq, _ exchange: Exchange) throws {
    if (try? exchange.hosted()) != nil { _ = try exchange.writable() }
    try server.change { registry throws(RequestError) in
      try registry.delete(exchange.entity, immediately: request.isImmediate, exchange.subscriber)
    }
  }

  // MARK: Writing

  func update(_ request: WireTableUpdateReq, _ exchange: Exchange) async throws {
    let hosted = try exchange.writable()
    let batch = try reader(hosted, exchange).update(request.data, hosted.table.updateSchema)
    // The client is answered before anybody is told of the change.
    try await hosted.table.update(batch, port: Int(request.portID)) { exchange.reply(.tableUpdateResp(.init())) }
  }

  func replace(_ request: WireTableReplaceReq, _ exchange: Exchange) async throws {
    let hosted = try exchange.writable()
    let batch: Batch
    do {
      batch = try reader(hosted, exchange).update(request.data, hosted.table.updateSchema)
    } catch let error as RequestError where error == .malformedData {
      throw RequestError("TableReplaceReq malformed")
    }
    try await hosted.table.replace(batch) { exchange.reply(.tableReplaceResp(.init())) }
  }

  func remove(_ request: WireTableRemoveReq, _ exchange: Exchange) async throws {
    let hosted = try exchange.writable()
    guard let index = hosted.table.index else { throw RequestError("Cannot remove from unindexed Table\n") }
    let keys = try reader(hosted, exchange).keys(request.data, index)
    try await hosted.table.remove(keys) { exchange.reply(.tableRemoveResp(.init())) }
  }

  private func reader(_ hosted: HostedTable, _ exchange: Exchange) -> DataReader {
    DataReader(exchange.payload, listFlatten: hosted.listFlatten, index: hosted.table.index, compression: server.compression)
  }

  // MARK: Asking

  func makePort(_ exchange: Exchange) async throws {
    var response = WireTableMakePortResp()
    response.portID = UInt32(clamping: await (try exchange.hosted()).table.makePort())
    exchange.reply(.tableMakePortResp(response))
  }

  func countRows(_ exchange: Exchange) async throws {
    var response = WireTableSizeResp()
    response.size = UInt32(clamping: await (try exchange.hosted()).table.count)
    exchange.reply(.tableSizeResp(response))
  }

  func describeSchema(_ exchange: Exchange) throws {
    var response = WireTableSchemaResp()
    response.schema.schema = try exchange.hosted().table.schema.columns.map { column in
      var pair = WireSchema.KeyTypePair()
      pair.name = column.name
      pair.type = WireColumnType(column.kind.type)
      return pair
    }
    exchange.reply(.tableSchemaResp(response))
  }

  func validateExpressions(_ request: WireTableValidateExprReq, _ exchange: Exchange) throws {
    _ = try exchange.hosted()
    var response = WireTableValidateExprResp()
    for (alias, text) in request.columnToExpr {
      response.errors[alias] = .with { $0.errorMessage = RequestError.unsupported("Expressions").message }
      response.expressionAlias[alias] = text
    }
    exchange.reply(.tableValidateExprResp(response))
  }

  func describe(_ request: WireTableDescribeReq, _ exchange: Exchange) async throws {
    let table = try exchange.hosted().table
    var response = WireTableDescribeResp()
    if request.config.expressions.isEmpty {
      do {
        let schema = try await table.schema(of: ViewConfiguration(request.config))
        response.viewSchema.schema = [String: WireColumnType](schema.map { ($0.name, WireColumnType($0.type)) }) { first, _ in first }
      } catch {
        response.configError = RequestError(error).message
      }
    } else {
      for alias in request.config.expressions.keys {
        response.expressionErrors[alias] = .with { $0.errorMessage = RequestError.unsupported("Expressions").message }
      }
    }
    exchange.reply(.tableDescribeResp(response))
  }
}

/// How a table is made.
private struct TableOptions {
  var index: String?
  var limit: Int?
  var listFlatten = ListFlatten.zip

  init(_ options: WireMakeTableReq.MakeTableOptions) throws(RequestError) {
    switch options.makeTableType {
    case .makeIndexTable(let name): index = name
    case .makeLimitTable(let rows): limit = Int(rows)
    case nil: break
    }
    switch options.listFlatten {
    case .cartesian: listFlatten = .cartesian
    case .stringify: listFlatten = .stringify
    case .zip, .UNRECOGNIZED: break
    }
  }
}
