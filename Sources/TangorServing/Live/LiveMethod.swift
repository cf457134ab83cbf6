import TangorCore
public import TangorJSON

/// A method on the live connection and on `POST /rpc`.
///
/// Pillars and applications register methods with a ``LiveMethodTable``. A method either answers at once, on the event loop, and
/// must then be quick and never block; or it is asynchronous and runs in a task that is cancelled when the caller goes.
public struct LiveMethod: Sendable {
  package enum Body: Sendable {
    case immediate(@Sendable (LiveCall) throws -> JSONFragment)
    case asynchronous(@Sendable (LiveCall) async throws -> JSONFragment)
    case direct(Direct)
  }

  /// A body that reads its parameters from the message's own bytes and writes its result into the response, where that can be done at
  /// once; otherwise it says how it goes on, and has written nothing. The bytes are a valid JSON object, lent for the call.
  package typealias Direct =
    @Sendable (_ parameters: UnsafeRawBufferPointer, _ call: LiveDirectCall, _ out: inout JSONWriter) throws -> LiveRemainder?

  /// The name, as in `stream.next`.
  public let name: String
  /// What it does, in a sentence.
  public let summary: String
  /// Its parameters, by name.
  public let parameters: [LiveParameter]
  /// What its result is, in a sentence.
  public let result: String
  package let body: Body

  /// A method that runs in a task of its own.
  public init(
    _ name: String, _ summary: String, parameters: [LiveParameter] = [], result: String,
    perform: @escaping @Sendable (LiveCall) async throws -> JSONFragment
  ) {
    self.init(name, summary, parameters, result, .asynchronous(perform))
  }

  /// A method that is quick and never blocks: it runs on the connection's event loop.
  public static func immediate(
    _ name: String, _ summary: String, parameters: [LiveParameter] = [], result: String,
    perform: @escaping @Sendable (LiveCall) throws -> JSONFragment
  ) -> Self {
    Self(name, summary, parameters, result, .immediate(perform))
  }

  /// A method that is called often and therefore without a tree of its parameters. Its body runs on the connection's event loop, and
  /// checks the parameters' names itself.
  package static func direct(
    _ name: String, _ summary: String, parameters: [LiveParameter] = [], result: String, perform: @escaping Direct
  ) -> Self {
    Self(name, summary, parameters, result, .direct(perform))
  }

  var isDirect: Bool { if case .direct = body { true } else { false } }

  private init(_ name: String, _ summary: String, _ parameters: [LiveParameter], _ result: String, _ body: Body) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.result = result
    self.body = body
  }
}

/// A parameter of a live method.
public struct LiveParameter: Sendable {
  /// The types of JSON, as JSON Schema names them; `any` takes all.
  public enum Kind: String, Sendable { case string, integer, number, boolean, object, array, any }

  /// The name.
  public let name: String
  /// The type of JSON that it takes.
  public let kind: Kind
  /// What it says, in a sentence.
  public let summary: String
  /// Whether a call without it is refused.
  public let isRequired: Bool

  /// A parameter that every call must give.
  public static func required(_ name: String, _ kind: Kind, _ summary: String) -> Self {
    Self(name: name, kind: kind, summary: summary, isRequired: true)
  }

  /// A parameter that a call may leave out.
  public static func optional(_ name: String, _ kind: Kind, _ summary: String) -> Self {
    Self(name: name, kind: kind, summary: summary, isRequired: false)
  }
}

/// One call of a live method.
public struct LiveCall: Sendable {
  /// The arguments by name, checked against the method's parameters: all required ones are there, none is unknown.
  public let arguments: LiveArguments
  /// The caller, for limits and logs.
  public let client: Client
  /// The live connection; `nil` when the call came over `POST /rpc`, which cannot carry notifications.
  public let peer: (any LivePeer)?

  package init(arguments: LiveArguments, client: Client, peer: (any LivePeer)?) {
    self.arguments = arguments
    self.client = client
    self.peer = peer
  }

  /// The live connection, for methods that send notifications.
  ///
  /// - Throws: `invalid_request` when the call came over `POST /rpc`.
  public func livePeer() throws -> any LivePeer {
    guard let peer else {
      throw TangorError(.invalidRequest, "This method sends notifications, so it needs the live connection; POST /rpc has none.")
    }
    return peer
  }
}

/// How a direct method goes on that could not answer at once.
package enum LiveRemainder: Sendable {
  /// In a task, which is cancelled when the caller goes.
  case task(@Sendable () async throws -> JSONFragment)
  /// Elsewhere, without a task.
  case deferred(any LiveDeferred)
}

/// Work that goes on elsewhere, and tells its outcome.
package protocol LiveDeferred: AnyObject, Sendable {
  /// Begins. Called once.
  ///
  /// - Parameter completion: Gets the outcome, once, on any thread, perhaps before this returns.
  func start(_ completion: @escaping @Sendable (Result<JSONFragment, any Error>) -> Void)
  /// The caller wants the outcome no more. It gets one at once, if it has none yet.
  func cancel()
}

extension LiveDeferred {
  /// Begins, and waits for the outcome; cancelling the task cancels the work.
  func outcome() async throws -> JSONFragment {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        start { continuation.resume(with: $0) }
      }
    } onCancel: {
      cancel()
    }
  }
}

/// One call of a direct method.
package struct LiveDirectCall: Sendable {
  /// The caller.
  package let client: Client
}

/// The other end of a live connection, as methods see it.
public protocol LivePeer: AnyObject, Sendable {
  /// Sends a notification and waits while the peer reads too slowly to take it.
  ///
  /// - Throws: `CancellationError` when the connection has gone or the task is cancelled.
  func notify(_ method: String, _ parameters: JSONFragment) async throws

  /// Keeps a subscription for as long as the connection lives; its `end()` is called when the connection goes.
  ///
  /// - Throws: `too_many_requests` when the connection has as many subscriptions as it may, `canceled` when it has gone.
  func add(_ subscription: any LiveSubscription, named name: String) throws
  /// The subscription of that name.
  func subscription(named name: String) -> (any LiveSubscription)?
  /// Forgets a subscription without ending it.
  func removeSubscription(named name: String)
}

/// Something that a live connection owns and ends when it goes.
public protocol LiveSubscription: AnyObject, Sendable {
  /// Ends it; called once at the most by the connection, on its event loop: must be quick.
  func end()
}
