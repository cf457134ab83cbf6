import HTTPTypes
import Logging
import NIOCore
import TangorCore
import TangorJSON
package import TangorServing
package import TangorStreams

/// Answers plain requests of quick services on the event loop.
package struct ServiceQuickResponder: QuickResponder {
  private let registry: ServiceRegistry
  private let polls: PollRegistry
  private let logger = Logger(label: "tangor.services")

  /// - Parameters:
  ///   - registry: The services.
  ///   - polls: The generators that clients poll.
  package init(_ registry: ServiceRegistry, polls: PollRegistry) {
    self.registry = registry
    self.polls = polls
  }

  package func answer(_ request: QuickRequest) -> QuickAnswer? {
    let path = String(request.path)
    let (handler, poll) = registry.quick(path)
    guard handler != nil || poll != nil, let query = FormFields(parsing: request.query) else { return nil }
    if let poll { return answer(path, query, poll) }
    guard let handler else { return nil }
    let call = ServiceRequest(
      method: "GET", path: path, rest: [], elements: [:], headers: HTTPFields(), query: query, input: .empty,
      client: request.client, requestID: "", logger: logger)
    do {
      return .document(QuickDocument(body: ByteBuffer(bytes: try handler(call).bytes), isCacheable: true))
    } catch {
      return .failure(ServiceCaller.failure(error))
    }
  }

  /// Answers a poll of a generator that is there; the first one, which makes it, takes the usual way.
  private func answer(_ path: String, _ query: FormFields, _ options: PollOptions) -> QuickAnswer? {
    let keys = query.values("key")
    guard keys.count == 1 else { return nil }
    do {
      return try polls.quickAnswer(path: path, key: keys[0], options: options).map { .document(QuickDocument(body: $0)) }
    } catch {
      return .failed(error)
    }
  }
}
