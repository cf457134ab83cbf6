import TangorJSON

/// What a client's requests tell of its release. No client names it.
struct ClientRelease: Sendable {
  private var asksToValidate = false
  private var knowsNewer = false

  /// Whether the least and the greatest value of a column must be sent as the text of JSON, which release 3.8 reads, and not as scalars,
  /// which all since 4.4 read. Each fails on what the other is sent, and the request is the same.
  ///
  /// Only clients up to 5.2 ask whether expressions are valid; of these, whoever says nothing that came after 3.8 is taken for 3.8.
  var readsExtremesAsText: Bool { asksToValidate && !knowsNewer }

  /// Takes note of a request.
  mutating func note(_ request: WireRequest.OneOf_ClientReq?) {
    switch request {
    case .tableValidateExprReq: asksToValidate = true
    case .tableDescribeReq, .makeJoinTableReq, .viewOnRemoveReq, .viewRemoveOnRemoveReq: knowsNewer = true
    case .tableMakeViewReq(let request):
      let config = request.config
      if config.hasGroupRollupMode || config.hasSplitRollupMode || !config.windows.isEmpty { knowsNewer = true }
    case .viewToColumnsStringReq(let request): note(request.viewport)
    case .viewToRowsStringReq(let request): note(request.viewport)
    case .viewToNdjsonStringReq(let request): note(request.viewport)
    case .viewToArrowReq(let request): note(request.viewport)
    case .viewToCsvReq(let request): note(request.viewport)
    default: break
    }
  }

  private mutating func note(_ viewport: WireViewPort) {
    if viewport.hasMachineColumnNames { knowsNewer = true }
  }
}

extension WireScalar {
  /// The value as JSON.
  var json: [UInt8] {
    var writer = JSONWriter()
    switch scalar {
    case .bool(let value): writer.write(value)
    case .float(let value): writer.write(value)
    case .string(let text): writer.write(text)
    case .null, nil: writer.writeNull()
    }
    return writer.bytes
  }
}
