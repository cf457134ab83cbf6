import NIOHTTP1
import TangorCore
package import TangorServing

/// Answers plain pulls of quick streams on the event loop.
///
/// Only a pull that finds the stream free takes this way; any other waits its turn as usual.
package struct StreamQuickResponder: QuickResponder {
  private let registry: StreamRegistry

  /// - Parameter registry: The streams.
  package init(_ registry: StreamRegistry) { self.registry = registry }

  package func answer(_ request: QuickRequest) -> QuickAnswer? {
    guard request.query.isEmpty, request.path.utf8.count == 40, request.path.utf8.starts(with: "/stream/".utf8),
      let key = Key(request.path.dropFirst(8)), Self.takesJSON(request.headers), let stream = try? registry.stream(key)
    else { return nil }
    do {
      switch try stream.beginQuick() {
      case .values(let values):
        return .document(
          QuickDocument(
            body: StreamAnswer.values(values, asArray: false, index: nil, progress: nil),
            extra: ("Stream-Index", String(values.lastIndex))))
      case .finished: return .document(QuickDocument(body: StreamAnswer.finished(index: nil)))
      case .pending, .progress, nil: return nil
      }
    } catch {
      return .failed(error)
    }
  }

  private static func takesJSON(_ headers: HTTPHeaders) -> Bool {
    guard let accept = headers.first(name: "accept") else { return true }
    return accept == "*/*" || accept == "application/json"
  }
}
