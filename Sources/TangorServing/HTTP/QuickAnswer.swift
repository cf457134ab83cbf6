package import NIOCore
package import NIOHTTP1
import TangorCore
import TangorJSON

/// A plain `GET` that may be answered on the event loop, before it reaches the router and its middleware.
package struct QuickRequest {
  /// The path as it came, percent-encoded, without the query.
  package internal(set) var path: Substring
  /// The query without its question mark; empty when there is none.
  package let query: Substring
  package let headers: HTTPHeaders
  package let channel: any Channel

  /// Who sent it.
  package var client: Client { Client(channel: channel) }

  /// Whether its failures are told as a page, which only the router's way makes.
  package var prefersPage: Bool { Problem.prefersPage(headers.first(name: "accept")) }
}

/// An answer that is ready on the event loop.
package struct QuickAnswer {
  package let status: HTTPResponseStatus
  package let contentType: StaticString
  package let body: ByteBuffer
  package let isCacheable: Bool
  /// One more header, where there is one.
  package let extra: (name: StaticString, value: String)?
  /// The failure that it tells; its body is written once the request has its id.
  let error: TangorError?

  /// - Parameters:
  ///   - contentType: The media type.
  ///   - body: The whole body.
  ///   - isCacheable: Without it the answer carries `Cache-Control: no-store`.
  ///   - extra: One more header.
  package init(
    status: HTTPResponseStatus = .ok, contentType: StaticString = "application/json", body: ByteBuffer, isCacheable: Bool = false,
    extra: (name: StaticString, value: String)? = nil
  ) {
    self.status = status
    self.contentType = contentType
    self.body = body
    self.isCacheable = isCacheable
    self.extra = extra
    error = nil
  }

  /// A failure as a problem.
  package init(_ error: any Error) {
    let error = error as? TangorError ?? TangorError(.internalError, error.publicText, underlying: error)
    self.error = error
    status = .init(statusCode: error.code.status)
    contentType = "application/problem+json"
    body = ByteBuffer()
    isCacheable = false
    extra = error.retryAfterSeconds.map { ("Retry-After", String($0)) }
  }
}

/// Something that can answer some requests at once: on the event loop, without waiting, without a task.
///
/// A request costs half as much this way, so it is for what is asked often and answered in microseconds: the next value of a
/// stream whose author marked it as quick, a quick service. It is never asked for requests that have a body, want the connection
/// closed, or come while an earlier one of the connection is still being answered; and it gives `nil` for all that it leaves to
/// the router, having changed nothing.
package protocol QuickResponder: Sendable {
  func answer(_ request: QuickRequest) -> QuickAnswer?
}
