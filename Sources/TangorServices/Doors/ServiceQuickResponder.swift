import HTTPTypes
import Logging
import NIOCore
import TangorCore
import TangorJSON
package import TangorServing
package import TangorStreams

/// Answers plain requests of quick services on the event loop, and parks those of services that answer with a document.
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
    guard let service = registry.direct(path), let query = FormFields(parsing: request.query) else { return nil }
    switch service {
    case .poll(let options): return answer(path, query, options)
    case .quick(let handler):
      let call = ServiceRequest(
        method: "GET", path: path, rest: [], elements: [:], headers: HTTPFields(), query: query, input: .empty,
        client: request.client, requestID: "", logger: logger)
      return QuickAnswer(Result { try handler(call) }, isCacheable: true)
    case .document(let handler):
      let id = Key().description
      var logger = logger
      logger[metadataKey: "hb.request.id"] = .string(id)
      let call = ServiceRequest(
        method: "GET", path: path, rest: [], elements: [:], headers: request.fields, query: query, input: .empty, client: request.client,
        requestID: id, logger: logger)
      return .later(ServiceWait(handler, call, on: request.channel.eventLoop))
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

extension QuickAnswer {
  /// What a request is answered whose service came to a document or failed.
  init(_ result: Result<JSONFragment, any Error>, isCacheable: Bool) {
    switch result {
    case .success(let json): self = .document(QuickDocument(body: ByteBuffer(bytes: json.bytes), isCacheable: isCacheable))
    case .failure(let error): self = .failure(ServiceCaller.failure(error))
    }
  }
}
