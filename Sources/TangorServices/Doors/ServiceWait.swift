import NIOCore
import TangorJSON
import TangorServing

/// A parked request whose service runs in a task: the connection's, which cancels it when its client leaves.
///
/// Used on the connection's event loop.
final class ServiceWait: QuickWait {
  private let handler: ServiceRegistry.DocumentHandler
  private let call: ServiceRequest
  private let eventLoop: any EventLoop
  private var connection: (any ParkedConnection)?
  private var task: Task<Void, Never>?

  init(_ handler: @escaping ServiceRegistry.DocumentHandler, _ call: ServiceRequest, on eventLoop: any EventLoop) {
    self.handler = handler
    self.call = call
    self.eventLoop = eventLoop
  }

  var requestID: String? { call.requestID }

  func begin(_ connection: any ParkedConnection) -> QuickAnswer? {
    self.connection = connection
    let me = NIOLoopBound(self, eventLoop: eventLoop)
    task = Task { [handler, call, eventLoop] in
      let result: Result<JSONFragment, any Error>
      do { result = .success(try await handler(call)) } catch { result = .failure(error) }
      eventLoop.execute { me.value.end(result) }
    }
    return nil
  }

  private func end(_ result: Result<JSONFragment, any Error>) {
    guard let connection else { return }
    forget()
    connection.answer(QuickAnswer(result, isCacheable: false))
  }

  func abandon() {
    task?.cancel()
    forget()
  }

  private func forget() {
    connection = nil
    task = nil
  }
}
