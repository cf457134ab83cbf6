/**
 * Names of the JSON-RPC codes, for answers whose error has no `data.code`.
 * @type {Readonly<Record<number, string>>}
 */
const rpcNames = Object.freeze({
  [-32700]: "parse_error",
  [-32600]: "invalid_request",
  [-32601]: "method_not_found",
  [-32602]: "invalid_parameters",
  [-32603]: "internal_error",
});

/**
 * Names for HTTP answers that are no problem document, as a proxy sends them.
 * @type {Readonly<Record<number, string>>}
 */
const statusNames = Object.freeze({
  400: "invalid_request",
  401: "forbidden",
  403: "forbidden",
  404: "not_found",
  405: "method_not_allowed",
  406: "not_acceptable",
  408: "request_timeout",
  413: "payload_too_large",
  415: "unsupported_media_type",
  429: "too_many_requests",
  502: "bad_gateway",
  503: "shutting_down",
  504: "timeout",
});

/**
 * Whatever went wrong between the page and the server, with a stable `code` for programs and a message for people.
 *
 * Codes of the server stand in the wire contract. The client adds `connection_lost` (the call may or may not have
 * been carried out), `connection_closed` (after `close()`), `connection_refused` (the server forbids to try again),
 * `queue_full`, `protocol_error` and `bad_gateway` (something between page and server answered in its place).
 */
export class TangorError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{status?: number, retry?: boolean, retryAfter?: number, data?: unknown, requestId?: string, cause?: unknown}} [details]
   */
  constructor(code, message, details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "TangorError";
    /** Stable name of the error. */
    this.code = code;
    /** HTTP status, where the answer came over HTTP. */
    this.status = details.status;
    /** Whether the same request may succeed later. */
    this.retry = details.retry ?? false;
    /** Seconds after which to try again, where the server named them. */
    this.retryAfter = details.retryAfter;
    /** The problem document or the JSON-RPC error's `data`. */
    this.data = details.data;
    /** The id under which the server's log has the rest. */
    this.requestId = details.requestId;
  }

  /**
   * The error for a problem document (RFC 9457) or for any other unsuccessful HTTP answer.
   *
   * @param {unknown} body the parsed body, or undefined when it was not JSON
   * @param {number} [status]
   * @param {{get(name: string): string | null}} [headers]
   * @returns {TangorError}
   */
  static fromProblem(body, status, headers) {
    const problem = asRecord(body);
    const seconds = Number(headers?.get("retry-after") ?? Number.NaN);
    const actual = status ?? asNumber(problem.status);
    const code = asText(problem.code) ?? statusNames[actual ?? 0] ?? "internal_error";
    const text = asText(problem.detail) ?? asText(problem.error) ?? asText(problem.title);
    return new TangorError(code, text ?? `The server answered with status ${actual ?? "unknown"}.`, {
      status: actual,
      retry: typeof problem.retry === "boolean" ? problem.retry : [429, 502, 503, 504].includes(actual ?? 0),
      retryAfter: Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined,
      data: body,
      requestId: asText(problem.requestId) ?? headers?.get("x-request-id") ?? undefined,
    });
  }

  /**
   * The error for the `error` member of a JSON-RPC answer or of `stream.failed`.
   *
   * @param {unknown} error
   * @param {string} [requestId] of the HTTP answer that carried it
   * @returns {TangorError}
   */
  static fromRPC(error, requestId) {
    const record = asRecord(error);
    const data = asRecord(record.data);
    const number = asNumber(record.code);
    const code = asText(data.code) ?? rpcNames[number ?? 0] ?? asText(record.code) ?? "internal_error";
    return new TangorError(code, asText(data.detail) ?? asText(record.message) ?? "The call failed.", {
      status: asNumber(data.status),
      retry: data.retry === true,
      retryAfter: asNumber(data.retryAfter),
      data: record.data,
      requestId: asText(data.requestId) ?? requestId,
    });
  }

  /**
   * The error for a connection that broke, or could not be made, before the answer came.
   *
   * @param {string} what
   * @param {unknown} [cause]
   * @returns {TangorError}
   */
  static connectionLost(what, cause) {
    return new TangorError("connection_lost", what, { retry: true, cause });
  }
}

/**
 * @param {unknown} value
 * @returns {Record<string, any>}
 */
export function asRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? /** @type {Record<string, any>} */ (value) : {};
}

/**
 * @param {unknown} value
 * @returns {string | undefined}
 */
function asText(value) {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/**
 * @param {unknown} value
 * @returns {number | undefined}
 */
function asNumber(value) {
  return typeof value === "number" ? value : undefined;
}

/**
 * @param {unknown} error
 * @returns {TangorError}
 */
export function asTangorError(error) {
  return error instanceof TangorError ? error : new TangorError("internal_error", String(error), { cause: error });
}
