import TangorTables

/// What part of a view is wanted, in what form, and with what besides its columns.
struct ResultRequest: Sendable, Hashable {
  enum Form: Sendable, Hashable {
    case columns, rows, lines, csv
    case arrow(machineNames: Bool, ArrowCodec?)
  }

  let form: Form
  let viewport: Viewport
  let ids: Bool
  let index: Bool
  let isFormatted: Bool

  init(_ form: Form, _ viewport: WireViewPort, ids: Bool = false, index: Bool = false, isFormatted: Bool = false) {
    self.form = form
    self.viewport = Viewport(
      startRow: viewport.hasStartRow ? Int(viewport.startRow) : nil, endRow: viewport.hasEndRow ? Int(viewport.endRow) : nil,
      startColumn: viewport.hasStartCol ? Int(viewport.startCol) : nil, endColumn: viewport.hasEndCol ? Int(viewport.endCol) : nil)
    self.ids = ids
    self.index = index
    self.isFormatted = isFormatted
  }

  /// The number of the response's body.
  var field: Int {
    switch form {
    case .columns: 24
    case .rows: 26
    case .lines: 36
    case .csv: 25
    case .arrow: 16
    }
  }
}

/// Requests for the contents of views. The table is asked for the rows alone; they are written apart from it, once for all who ask for the
/// same before the table changes.
extension PerspectiveSession {
  private enum Finding: Sendable {
    case known([UInt8])
    case slice(ResultSlice, SharedResults.Key?)
  }

  func write(_ request: ResultRequest, _ exchange: Exchange) async throws {
    let (hosted, id) = try exchange.view()
    let limit = server.limits.cellsPerAnswer
    let finding: Finding = try await hosted.table.withView(id) { view in
      let key = view.shape.map { SharedResults.Key(shape: $0, request: request) }
      if let known = key.flatMap({ hosted.results[$0] }) { return .known(known) }
      let rows = request.viewport.rows.clamped(to: 0..<view.rowCount).count
      let columns = request.viewport.columns.clamped(to: 0..<view.columnCount).count
      let cells = rows.multipliedReportingOverflow(by: columns)
      guard !cells.overflow, cells.partialValue <= limit else {
        throw RequestError("The answer would have \(rows) rows and \(columns) columns, more than \(limit) cells; ask for a part of it.")
      }
      return .slice(view.slice(request.viewport, keys: request.ids || request.index), key)
    }
    let contents: [UInt8]
    switch finding {
    case .known(let bytes): contents = bytes
    case .slice(let slice, let key):
      contents = try bytes(of: slice, request)
      if let key { hosted.results.keep(contents, for: key) }
    }
    outbox.send(Reply.bytes(exchange.message, exchange.entity, field: request.field, contents))
  }

  private func bytes(of slice: ResultSlice, _ request: ResultRequest) throws -> [UInt8] {
    if case .arrow(let machineNames, let codec) = request.form {
      return try slice.arrow(machineNames: machineNames, codec: try codec.map { ($0, try compression()) })
    }
    let titlesPerRow = request.form == .rows || request.form == .lines ? slice.rowCount : 0
    try slice.checkTextLength(titlesPerRow: titlesPerRow)
    if request.form == .csv { return slice.csv() }
    let text = slice.json(ids: request.ids, index: request.index, isFormatted: request.isFormatted)
    return switch request.form {
    case .columns: text.columns()
    case .rows: text.objects()
    default: text.lines()
    }
  }

  /// - Throws: For what is no codec, and where this server has none.
  func codec(_ name: String) throws(RequestError) -> ArrowCodec? {
    let codec: ArrowCodec
    switch name {
    case "": return nil
    case "lz4": codec = .lz4
    case "zstd": codec = .zstandard
    default: throw RequestError("Unknown `compression` \"\(name)\", expected \"lz4\" or \"zstd\"")
    }
    _ = try compression()
    return codec
  }

  private func compression() throws(RequestError) -> any ArrowCompression {
    guard let compression = server.compression else {
      throw RequestError("This server cannot compress Arrow; ask for it without `compression`.")
    }
    return compression
  }
}
