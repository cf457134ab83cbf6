import HTTPTypes
import Logging
import NIOCore
import TangorCore
import TangorJSON
package import TangorServing

/// Answers plain requests of quick services on the event loop.
package struct ServiceQuickResponder: QuickResponder {
  private let registry: ServiceRegistry
  private let logger = Logger(label: "tangor.services")

  /// - Parameter registry: The services.
  package init(_ registry: ServiceRegistry) { self.registry = registry }

  package func answer(_ request: QuickRequest) -> QuickAnswer? {
    guard !request.prefersPage else { return nil }
    let path = String(request.path)
    guard let handler = registry.quick(path), let query = FormFields(parsing: String(request.query)) else { return nil }
    let call = ServiceRequest(
      method: "GET", path: path, rest: [], elements: [:], headers: HTTPFields(), query: query, body: ServiceBody(ByteBuffer()),
      client: request.client, requestID: "", logger: logger)
    do { return QuickAnswer(body: ByteBuffer(bytes: try handler(call).bytes), isCacheable: true) } catch {
      let failure = ServiceCaller.failure(error)
      if failure.code.status >= 500 { logger.error("Service failed", metadata: ["path": "\(path)", "error": "\(error)"]) }
      return QuickAnswer(failure)
    }
  }
}
