import HTTPTypes
package import Hummingbird
import NIOCore
import NIOHTTP1
package import TangorCore
package import TangorJSON

/// A failure as an HTTP answer: problem details after RFC 9457, or the same words as a page for a browser's navigation.
package struct Problem: Sendable {
  package let error: TangorError
  package let requestID: String

  package init(_ error: TangorError, requestID: String) {
    self.error = error
    self.requestID = requestID
  }

  /// The problem as JSON; the members stand in `docs/wire.md`.
  package var json: JSONFragment {
    var writer = JSONWriter()
    writer.beginObject()
    writer.writeKey("type")
    writer.write("urn:tangor:problem:" + error.code.name)
    writer.writeKey("title")
    writer.write(error.code.title)
    writer.writeKey("status")
    writer.write(error.code.status)
    writer.writeKey("detail")
    writer.write(error.detail)
    writer.writeKey("code")
    writer.write(error.code.name)
    writer.writeKey("retry")
    writer.write(error.code.retry)
    writer.writeKey("requestId")
    writer.write(requestID)
    writer.writeKey("error")
    writer.write(error.detail)
    writer.endObject()
    return JSONFragment(unchecked: writer.bytes)
  }

  /// The answer.
  ///
  /// - Parameter accept: The request's `Accept`; where it names HTML before JSON, the answer is a page.
  package func response(accept: String?) -> Response {
    let (headers, body) = content(accept: accept)
    let status = HTTPResponse.Status(code: error.code.status, reasonPhrase: reason)
    return Response(status: status, headers: headers, body: .init(byteBuffer: body))
  }

  /// The answer as it goes out, for those who write to the connection themselves.
  ///
  /// - Parameters:
  ///   - accept: The request's `Accept`.
  ///   - date: The value of `Date`.
  ///   - closes: Whether the connection is closed behind it.
  func encoded(accept: String?, date: String, closes: Bool) -> ByteBuffer {
    var (headers, body) = content(accept: accept)
    headers[.contentLength] = String(body.readableBytes)
    headers[.requestID] = requestID
    headers[.date] = date
    if closes { headers[.connection] = "close" }
    var buffer = ByteBuffer(string: "HTTP/1.1 \(error.code.status) \(reason)\r\n")
    for field in headers { buffer.writeString("\(field.name.rawName): \(field.value)\r\n") }
    buffer.writeStaticString("\r\n")
    buffer.writeBuffer(&body)
    return buffer
  }

  private func content(accept: String?) -> (headers: HTTPFields, body: ByteBuffer) {
    var headers: HTTPFields = [.cacheControl: "no-store"]
    headers[.retryAfter] = error.retryAfterField
    if error.code == .methodNotAllowed, !error.allowed.isEmpty { headers[.allow] = error.allowed.joined(separator: ", ") }
    if let length = error.completeLength { headers[.contentRange] = "bytes */\(length)" }
    if error.code == .upgradeRequired {
      headers[.upgrade] = "websocket"
      headers[.connection] = "upgrade"
      headers[.secWebSocketVersion] = "13"
    }
    if Self.prefersPage(accept) {
      headers[.contentType] = "text/html; charset=utf-8"
      return (headers, ByteBuffer(string: page))
    }
    headers[.contentType] = "application/problem+json"
    return (headers, ByteBuffer(bytes: json.bytes))
  }

  private var reason: String {
    switch error.code {
    case .canceled: "Client Closed Request"
    case .checksumMismatch: "Checksum Mismatch"
    default: HTTPResponseStatus(statusCode: error.code.status).reasonPhrase
    }
  }

  private var page: String {
    """
    <!DOCTYPE html>
    <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>\(error.code.status) \(error.code.title.htmlEscaped)</title>
    <style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1rem;color:#223}\
    small{color:#667}@media(prefers-color-scheme:dark){body{background:#14161a;color:#dde}}</style>
    <h1>\(error.code.title.htmlEscaped)</h1><p>\(error.detail.htmlEscaped)</p>
    <p><small>\(error.code.status) · \(error.code.name) · request \(requestID.htmlEscaped)</small></p></html>

    """
  }

  /// Whether an `Accept` names HTML, and names it before any JSON.
  static func prefersPage(_ accept: String?) -> Bool {
    guard let accept else { return false }
    for type in accept.split(separator: ",") {
      let name = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
      if name == "text/html" || name == "application/xhtml+xml" { return true }
      if name.hasSuffix("json") || name.hasPrefix("text/event-stream") || name.hasPrefix("application/x-ndjson") { return false }
    }
    return false
  }
}

extension TangorError {
  /// The value of `Retry-After`, in whole seconds; nil where it is not known when to try again.
  package var retryAfterField: String? { retryAfter.map { String(max(1, Int($0.seconds.rounded(.up)))) } }
}

extension String {
  /// The text with the characters that mean something in HTML written as references.
  ///
  /// It may be put between tags and into quoted attributes.
  public var htmlEscaped: String {
    var result = ""
    result.reserveCapacity(utf8.count)
    // By scalars: a combining mark behind a quotation mark makes one character of the two, and HTML does not see it so.
    for character in unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
