package import TangorCore
package import TangorJSON

extension SignalRegistry: OperationSignals {
  /// Waits for the first of some signals, no longer than a client may (`signals.max_timeout`).
  package func wait(forAny names: [String], within timeout: Duration?) async throws -> (name: String, value: JSONFragment)? {
    let longest = configuration.maximumTimeout
    do {
      let message = try await wait(forAny: names, timeout: min(timeout ?? longest, longest))
      return (message.name, message.value)
    } catch let error as TangorError where error.code == .signalTimeout {
      return nil
    }
  }

  package func send(_ name: String, value: JSONFragment) throws -> Int { try send(name, value) }
}
