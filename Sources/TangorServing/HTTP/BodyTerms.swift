package import NIOCore
import TangorCore

/// What holds for the body of a request that is streamed somewhere instead of being read whole.
///
/// Such a body may take as long as it needs while its bytes come, and `100 Continue` is sent only when who answers the request
/// asks for the body with ``NIOCore/Channel/continueBody()``: what is refused by its headers is never sent at all.
package struct BodyTerms: Sendable {
  let idleTimeout: TimeAmount

  /// - Parameter idleTimeout: How long no byte may come while the server reads; 408 beyond.
  package init(idleTimeout: Duration) { self.idleTimeout = TimeAmount(idleTimeout) }
}

extension Channel {
  /// Asks the client for the body of the request that is being answered, where it waits to be asked.
  package func continueBody() {
    eventLoop.execute {
      (try? self.pipeline.syncOperations.handler(type: HTTPConnectionHandler.self))?.continueBody(self)
    }
  }

  /// Whether the connection ended within a request, so that a body without a length which seems to have ended may lack something.
  package func wasBodyCut() async -> Bool {
    let answer = eventLoop.submit { (try? self.pipeline.syncOperations.handler(type: HTTPConnectionHandler.self))?.wasBodyCut ?? false }
    return (try? await answer.get()) ?? true
  }
}
