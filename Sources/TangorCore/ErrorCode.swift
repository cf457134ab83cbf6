/// What went wrong, as a program sees it: a stable name with its HTTP status and JSON-RPC code.
///
/// The table stands in `docs/wire.md`; a test holds the two together.
public struct ErrorCode: Sendable, Hashable {
  /// The name that travels, as in `stream_not_found`.
  public let name: String
  /// A short title for people.
  public let title: String
  /// The HTTP status.
  public let status: Int
  /// The JSON-RPC 2.0 error code.
  public let rpcCode: Int
  /// Whether the same request may succeed later.
  public let retry: Bool

  package init(_ name: String, _ title: String, status: Int, rpcCode: Int, retry: Bool = false) {
    self.name = name
    self.title = title
    self.status = status
    self.rpcCode = rpcCode
    self.retry = retry
  }
}

extension ErrorCode {
  /// The body is not JSON.
  public static let parseError = Self("parse_error", "Not JSON", status: 400, rpcCode: -32700)
  /// Not a valid JSON-RPC request, or a malformed query.
  public static let invalidRequest = Self("invalid_request", "Invalid request", status: 400, rpcCode: -32600)
  /// JSON-RPC: no such method.
  public static let methodNotFound = Self("method_not_found", "Method not found", status: 404, rpcCode: -32601)
  /// A parameter is missing, unknown or of the wrong type.
  public static let invalidParameters = Self("invalid_parameters", "Invalid parameters", status: 400, rpcCode: -32602)
  /// The server's fault; the log has the rest under the request id.
  public static let internalError = Self("internal_error", "Internal error", status: 500, rpcCode: -32603)
  /// The server is going down; with `Retry-After`.
  public static let shuttingDown = Self("shutting_down", "The server is going down", status: 503, rpcCode: -32001, retry: true)
  /// Not for this client.
  public static let forbidden = Self("forbidden", "Forbidden", status: 403, rpcCode: -32003)
  /// A WebSocket, a call, or an unsafe method from a page of another origin.
  public static let originRefused = Self("origin_refused", "Origin refused", status: 403, rpcCode: -32003)
  /// Nothing stands at this path.
  public static let notFound = Self("not_found", "Not found", status: 404, rpcCode: -32004)
  /// With `Allow`.
  public static let methodNotAllowed = Self("method_not_allowed", "Method not allowed", status: 405, rpcCode: -32005)
  /// The work did not end within its limit.
  public static let timeout = Self("timeout", "Timed out", status: 504, rpcCode: -32008, retry: true)
  /// Body, message or parameter over its limit.
  public static let payloadTooLarge = Self("payload_too_large", "Too large", status: 413, rpcCode: -32013)
  /// The body broke off, or lacks what is needed of it.
  public static let incompleteBody = Self("incomplete_body", "Incomplete body", status: 400, rpcCode: -32019, retry: true)
  /// The body's type is not taken here.
  public static let unsupportedMediaType = Self("unsupported_media_type", "Unsupported media type", status: 415, rpcCode: -32015)
  /// None of the types in `Accept` can be given.
  public static let notAcceptable = Self("not_acceptable", "Not acceptable", status: 406, rpcCode: -32016)
  /// No byte of the file lies in the ranges asked for.
  public static let rangeNotSatisfiable = Self("range_not_satisfiable", "Range not satisfiable", status: 416, rpcCode: -32017)
  /// `If-Match` or `If-Unmodified-Since` does not hold.
  public static let preconditionFailed = Self("precondition_failed", "Precondition failed", status: 412, rpcCode: -32018)
  /// A WebSocket endpoint was asked without an upgrade.
  public static let upgradeRequired = Self("upgrade_required", "Upgrade required", status: 426, rpcCode: -32026)
  /// The client did not send its request in time.
  public static let requestTimeout = Self("request_timeout", "Request timed out", status: 408, rpcCode: -32028, retry: true)
  /// A limit of things at a time is reached; with `Retry-After`.
  public static let tooManyRequests = Self("too_many_requests", "Too many", status: 429, rpcCode: -32029, retry: true)
  /// Request line and headers over their limit.
  public static let headersTooLarge = Self("headers_too_large", "Headers too large", status: 431, rpcCode: -32031)
  /// Unknown, ended, expired or deleted stream key.
  public static let streamNotFound = Self("stream_not_found", "Stream not found", status: 404, rpcCode: -32040)
  /// The sequence threw; `detail` is the error's public description.
  public static let streamFailed = Self("stream_failed", "The stream failed", status: 500, rpcCode: -32041)
  /// `after` lies before what is still kept.
  public static let streamPositionLost = Self("stream_position_lost", "Position lost", status: 410, rpcCode: -32042)
  /// `after` lies beyond what was given out.
  public static let streamPositionAhead = Self("stream_position_ahead", "Position ahead", status: 409, rpcCode: -32043)
  /// `stream.open` on a service that returned a plain value.
  public static let notAStream = Self("not_a_stream", "Not a stream", status: 409, rpcCode: -32044)
  /// `service.call` or `stream.open`: no service at this path.
  public static let serviceNotFound = Self("service_not_found", "Service not found", status: 404, rpcCode: -32045)
  /// The service threw; `detail` is the error's public description.
  public static let serviceFailed = Self("service_failed", "The service failed", status: 500, rpcCode: -32046)
  /// No object, member or element at this path that this client may use.
  public static let objectNotFound = Self("object_not_found", "Object not found", status: 404, rpcCode: -32050)
  /// `object.set` on a property that is read-only, or on a method.
  public static let notSettable = Self("not_settable", "Not settable", status: 409, rpcCode: -32051)
  /// `object.call` on a property.
  public static let notCallable = Self("not_callable", "Not callable", status: 409, rpcCode: -32052)
  /// The call could not begin within its start delay, and never runs.
  public static let callNotStarted = Self("call_not_started", "The call did not begin", status: 503, rpcCode: -32053, retry: true)
  /// The member threw; `detail` is the error's public description.
  public static let callFailed = Self("call_failed", "The call failed", status: 500, rpcCode: -32054)
  /// `object.delete` on what cannot be deleted.
  public static let notDeletable = Self("not_deletable", "Not deletable", status: 409, rpcCode: -32055)
  /// Nothing was published to the channel.
  public static let channelNotFound = Self("channel_not_found", "Channel not found", status: 404, rpcCode: -32060)
  /// A file of this name is there and may not be overwritten.
  public static let fileExists = Self("file_exists", "File exists", status: 409, rpcCode: -32070)
  /// The disk or the folder's quota has no room for the upload.
  public static let insufficientStorage = Self("insufficient_storage", "No room", status: 507, rpcCode: -32071, retry: true)
  /// Unknown, finished, expired or deleted resumable upload.
  public static let uploadNotFound = Self("upload_not_found", "Upload not found", status: 404, rpcCode: -32072)
  /// The offset of a resumable upload is another.
  public static let uploadOffsetConflict = Self("upload_offset_conflict", "Other offset", status: 409, rpcCode: -32073)
  /// The bytes do not have the checksum that was sent with them.
  public static let checksumMismatch = Self("checksum_mismatch", "Checksum mismatch", status: 460, rpcCode: -32074, retry: true)
  /// Another request writes to the resumable upload.
  public static let uploadBusy = Self("upload_busy", "Upload busy", status: 423, rpcCode: -32075, retry: true)
  /// The signal did not come in the time that the caller was ready to wait.
  public static let signalTimeout = Self("signal_timeout", "No signal came", status: 504, rpcCode: -32080, retry: true)
  /// Unknown, ended and reported, or deleted program key.
  public static let programNotFound = Self("program_not_found", "Program not found", status: 404, rpcCode: -32090)
  /// The program could not be started, or ended before it was ready.
  public static let programFailed = Self("program_failed", "The program did not start", status: 502, rpcCode: -32091)
  /// The program was not ready within its time to start.
  public static let programTimeout = Self("program_timeout", "The program did not start in time", status: 504, rpcCode: -32092, retry: true)
  /// The configuration does not say how programs of this kind are started.
  public static let programNotConfigured = Self("program_not_configured", "Not configured", status: 501, rpcCode: -32093)
  /// The relay cannot reach the program, or the program does not speak the protocol that was asked for.
  public static let badGateway = Self("bad_gateway", "Bad gateway", status: 502, rpcCode: -32094, retry: true)
  /// The caller went or asked for it.
  public static let canceled = Self("canceled", "Canceled", status: 499, rpcCode: -32099)

  /// Every code there is.
  public static let all: [Self] = [
    .parseError, .invalidRequest, .methodNotFound, .invalidParameters, .internalError, .shuttingDown, .forbidden, .originRefused,
    .notFound, .methodNotAllowed, .timeout, .payloadTooLarge, .unsupportedMediaType, .notAcceptable, .rangeNotSatisfiable,
    .preconditionFailed, .upgradeRequired, .requestTimeout, .tooManyRequests, .headersTooLarge, .streamNotFound, .streamFailed,
    .streamPositionLost, .streamPositionAhead, .notAStream, .serviceNotFound, .serviceFailed, .objectNotFound, .notSettable,
    .notCallable, .callNotStarted, .callFailed, .notDeletable, .channelNotFound, .fileExists, .insufficientStorage,
    .uploadNotFound, .uploadOffsetConflict, .checksumMismatch, .uploadBusy, .incompleteBody, .signalTimeout, .programNotFound,
    .programFailed, .programTimeout, .programNotConfigured, .badGateway, .canceled,
  ]
}
