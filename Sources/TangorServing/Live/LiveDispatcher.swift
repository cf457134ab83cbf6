package import Logging
import TangorCore
import TangorJSON

/// Finds the method of a request and runs it, whichever door the request came through.
package struct LiveDispatcher: Sendable {
  private let methods: LiveMethodTable
  private let logger: Logger
  private let discovery: JSONFragment
  let maximumBatch: Int

  /// - Parameters:
  ///   - methods: The methods there are.
  ///   - title: The application's name, for `rpc.discover`.
  ///   - version: The application's version, for `rpc.discover`.
  ///   - maximumBatch: How many requests a batch may hold.
  ///   - logger: Where failures that clients may not read in full are told.
  package init(methods: LiveMethodTable, title: String, version: String, maximumBatch: Int, logger: Logger) throws {
    var methods = methods
    try methods.add(contentsOf: [
      .immediate("rpc.ping", "Answers, to see that the connection lives.", result: "An empty object.") { _ in
        JSONFragment(unchecked: Array("{}".utf8))
      },
      .immediate("rpc.discover", "Describes all methods.", result: "An OpenRPC document.") { _ in .null },
      .immediate(
        "rpc.cancel", "Cancels a call in flight on this connection; sent as a notification.",
        parameters: [.required("id", .any, "The id of the call.")], result: "An empty object."
      ) { _ in JSONFragment(unchecked: Array("{}".utf8)) },
    ])
    discovery = methods.description(title: title, version: version)
    self.methods = methods
    self.maximumBatch = maximumBatch
    self.logger = logger
  }

  /// What is to be done for a request.
  enum Work {
    /// It is answered, with this response object.
    case answer([UInt8])
    /// It is answered.
    case done(Result<JSONFragment, TangorError>)
    /// It must run in a task.
    case task(@Sendable () async -> Result<JSONFragment, TangorError>)
    /// It goes on without a task; ``outcome(_:of:)`` makes of its result what the client is told.
    case deferred(any LiveDeferred, method: String)
    /// Another call is to be cancelled.
    case cancel(id: JSONFragment)
  }

  /// Reads a message.
  func parse(_ bytes: UnsafeRawBufferPointer) -> LiveRequest.Message {
    LiveRequest.parse(bytes, maximumBatch: maximumBatch) { methods[$0]?.isDirect == true }
  }

  /// Begins a request: runs it if it is quick, and gives back what is left to do if it is not.
  ///
  /// - Parameters:
  ///   - request: The request.
  ///   - message: The bytes that it was read from.
  ///   - client: Who sent it.
  ///   - peer: The live connection; `nil` for `POST /rpc`.
  func begin(
    _ request: LiveRequest, in message: UnsafeRawBufferPointer = .init(start: nil, count: 0), client: Client, peer: (any LivePeer)?
  ) -> Work {
    if let error = request.error { return .done(.failure(error)) }
    guard let method = methods[request.method] else {
      return .done(.failure(TangorError(.methodNotFound, "There is no method '\(request.method.prefix(100))'; rpc.discover lists all.")))
    }
    do {
      if case .direct(let perform) = method.body { return try begin(request, message, method, LiveDirectCall(client: client), perform) }
      let call = LiveCall(arguments: try method.check(request.parameters), client: client, peer: peer)
      switch method.body {
      case .immediate(let perform):
        if method.name == "rpc.discover" { return .done(.success(discovery)) }
        if method.name == "rpc.cancel", let id = call.arguments["id"] { return .cancel(id: JSONFragment(id)) }
        return .done(.success(try perform(call)))
      case .asynchronous(let perform):
        return .task { [self] in
          do { return .success(try await perform(call)) } catch { return .failure(failure(error, in: method.name)) }
        }
      case .direct: return .done(.failure(TangorError(.internalError)))
      }
    } catch {
      return .done(.failure(failure(error, in: method.name)))
    }
  }

  private static let noParameters = Array("{}".utf8)

  private func begin(
    _ request: LiveRequest, _ message: UnsafeRawBufferPointer, _ method: LiveMethod, _ call: LiveDirectCall, _ perform: LiveMethod.Direct
  ) throws -> Work {
    var out = JSONWriter(capacity: 96)
    out.bytes.append(contentsOf: LiveResponse.resultStart.utf8)
    out.bytes.append(contentsOf: request.id?.bytes ?? JSONFragment.null.bytes)
    out.bytes.append(contentsOf: LiveResponse.resultMiddle.utf8)
    let rest: LiveRemainder?
    if let range = request.parameterBytes {
      rest = try perform(UnsafeRawBufferPointer(rebasing: message[range]), call, &out)
    } else {
      rest = try Self.noParameters.withUnsafeBytes { try perform($0, call, &out) }
    }
    switch rest {
    case nil:
      out.endObject()
      return .answer(out.bytes)
    case .deferred(let work): return .deferred(work, method: method.name)
    case .task(let work):
      return .task { [self] in
        do { return .success(try await work()) } catch { return .failure(failure(error, in: method.name)) }
      }
    }
  }

  /// What a client is told of a deferred method's result.
  func outcome(_ result: Result<JSONFragment, any Error>, of method: String) -> Result<JSONFragment, TangorError> {
    result.mapError { failure($0, in: method) }
  }

  private func failure(_ error: any Error, in method: String) -> TangorError {
    if error is CancellationError { return TangorError(.canceled, "The call was cancelled.") }
    let error = error as? TangorError ?? TangorError(.internalError, error.publicText, underlying: error)
    if error.code.status >= 500, error.code != .shuttingDown {
      logger.error("Live method failed", metadata: ["method": "\(method)", "error": "\(error.underlying ?? error)"])
    }
    return error
  }
}
