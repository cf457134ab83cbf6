import TangorTables

/// What part of a view is wanted, and with what besides its columns.
struct ResultOptions: Sendable {
  var viewport: Viewport
  var ids: Bool
  var index: Bool
  var isFormatted: Bool

  init(_ viewport: WireViewPort, ids: Bool = false, index: Bool = false, isFormatted: Bool = false) {
    self.viewport = Viewport(
      startRow: viewport.hasStartRow ? Int(viewport.startRow) : nil, endRow: viewport.hasEndRow ? Int(viewport.endRow) : nil,
      startColumn: viewport.hasStartCol ? Int(viewport.startCol) : nil, endColumn: viewport.hasEndCol ? Int(viewport.endCol) : nil)
    self.ids = ids
    self.index = index
    self.isFormatted = isFormatted
  }
}

/// Requests for the contents of views. The table is asked for the rows alone; they are written apart from it.
extension PerspectiveSession {
  func writeJSON(_ options: ResultOptions, field: Int, _ exchange: Exchange, _ form: (JSONText) -> [UInt8]) async throws {
    let slice = try await slice(options.viewport, keys: options.ids || options.index, exchange)
    try slice.checkTextLength(titlesPerRow: field == 24 ? 0 : slice.rowCount)
    let text = slice.json(ids: options.ids, index: options.index, isFormatted: options.isFormatted)
    reply(exchange, field: field, form(text))
  }

  func writeCSV(_ request: WireViewToCSVReq, _ exchange: Exchange) async throws {
    let options = ResultOptions(request.viewport)
    let slice = try await slice(options.viewport, keys: false, exchange)
    try slice.checkTextLength(titlesPerRow: 0)
    reply(exchange, field: 25, slice.csv())
  }

  func writeArrow(_ request: WireViewToArrowReq, _ exchange: Exchange) async throws {
    let codec = try codec(request.compression)
    let options = ResultOptions(request.viewport)
    let slice = try await slice(options.viewport, keys: false, exchange)
    reply(exchange, field: 16, try slice.arrow(machineNames: request.viewport.machineColumnNames, codec: codec))
  }

  /// Cuts a part out of the view that the request is about.
  ///
  /// - Throws: When it would have more cells than an answer may have; nothing is computed then.
  private func slice(_ viewport: Viewport, keys: Bool, _ exchange: Exchange) async throws -> ResultSlice {
    let limit = server.limits.cellsPerAnswer
    return try await exchange.withView { view in
      let rows = viewport.rows.clamped(to: 0..<view.rowCount).count
      let columns = viewport.columns.clamped(to: 0..<view.columnCount).count
      let cells = rows.multipliedReportingOverflow(by: columns)
      guard !cells.overflow, cells.partialValue <= limit else {
        throw RequestError("The answer would have \(rows) rows and \(columns) columns, more than \(limit) cells; ask for a part of it.")
      }
      return view.slice(viewport, keys: keys)
    }
  }

  private func codec(_ name: String) throws(RequestError) -> (ArrowCodec, any ArrowCompression)? {
    let codec: ArrowCodec
    switch name {
    case "": return nil
    case "lz4": codec = .lz4
    case "zstd": codec = .zstandard
    default: throw RequestError("Unknown `compression` \"\(name)\", expected \"lz4\" or \"zstd\"")
    }
    guard let compression = server.compression else {
      throw RequestError("This server cannot compress Arrow; ask for it without `compression`.")
    }
    return (codec, compression)
  }

  private func reply(_ exchange: Exchange, field: Int, _ contents: [UInt8]) {
    outbox.send(Reply.bytes(exchange.message, exchange.entity, field: field, contents))
  }
}
