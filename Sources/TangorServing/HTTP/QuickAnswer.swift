package import HTTPTypes
package import NIOCore
package import NIOHTTP1
import NIOHTTPTypesHTTP1
package import TangorCore

/// A plain `GET` that may be answered on the event loop, before it reaches the router and its middleware.
package struct QuickRequest {
  /// The path as it came, percent-encoded, without the query.
  package internal(set) var path: Substring
  /// The query without its question mark; empty when there is none.
  package let query: Substring
  package let headers: HTTPHeaders
  package let channel: any Channel

  /// The headers as services see them.
  package var fields: HTTPFields { HTTPFields(headers, splitCookie: false) }

  /// Who sent it.
  package var client: Client { Client(channel: channel) }
}

/// An answer that is ready on the event loop.
package enum QuickAnswer {
  /// A document.
  case document(QuickDocument)
  /// A failure, answered as any other.
  case failure(TangorError)
  /// Nothing: status 204.
  case empty
  /// What is known later; the request is parked until then.
  case later(any QuickWait)

  /// What a thrown error is answered with.
  package static func failed(_ error: any Error) -> Self {
    .failure(error as? TangorError ?? TangorError(.internalError, error.publicText, underlying: error))
  }
}

extension QuickAnswer {
  /// The answer with status 204 as it goes out.
  static func encodedEmpty(requestID: String, date: String) -> ByteBuffer {
    ByteBuffer(string: "HTTP/1.1 204 No Content\r\nCache-Control: no-store\r\nX-Request-Id: \(requestID)\r\nDate: \(date)\r\n\r\n")
  }
}

/// A whole answer with status 200.
package struct QuickDocument {
  let contentType: StaticString
  let body: ByteBuffer
  let isCacheable: Bool
  let extra: (name: StaticString, value: String)?

  /// - Parameters:
  ///   - contentType: The media type.
  ///   - body: The whole body.
  ///   - isCacheable: Without it the answer carries `Cache-Control: no-store`.
  ///   - extra: One more header.
  package init(
    contentType: StaticString = "application/json", body: ByteBuffer, isCacheable: Bool = false,
    extra: (name: StaticString, value: String)? = nil
  ) {
    self.contentType = contentType
    self.body = body
    self.isCacheable = isCacheable
    self.extra = extra
  }

  /// The answer as it goes out.
  func encoded(requestID: String, date: String) -> ByteBuffer {
    var buffer = ByteBufferAllocator().buffer(capacity: body.readableBytes + 256)
    buffer.writeStaticString("HTTP/1.1 200 OK\r\nContent-Type: ")
    buffer.writeStaticString(contentType)
    buffer.writeStaticString("\r\nContent-Length: ")
    buffer.writeString(String(body.readableBytes))
    if !isCacheable { buffer.writeStaticString("\r\nCache-Control: no-store") }
    if let extra {
      buffer.writeStaticString("\r\n")
      buffer.writeStaticString(extra.name)
      buffer.writeStaticString(": ")
      buffer.writeString(extra.value)
    }
    buffer.writeStaticString("\r\nX-Request-Id: ")
    buffer.writeString(requestID)
    buffer.writeStaticString("\r\nDate: ")
    buffer.writeString(date)
    buffer.writeStaticString("\r\n\r\n")
    buffer.writeImmutableBuffer(body)
    return buffer
  }
}

/// Something that can answer some requests at once: on the event loop, without waiting, without a task.
///
/// A request costs half as much this way, so it is for what is asked often and answered in microseconds: the next value of a
/// stream whose author marked it as quick, a quick service; and for what many wait for at a time, as a ``QuickWait``. It is never
/// asked for requests that have a body, want the connection closed, or come while an earlier one of the connection is still being
/// answered; and it gives `nil` for all that it leaves to the router, having changed nothing.
package protocol QuickResponder: Sendable {
  func answer(_ request: QuickRequest) -> QuickAnswer?
}
