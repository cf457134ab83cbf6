import HTTPTypes
import Synchronization
import TangorCore
public import TangorJSON
package import TangorServing
public import TangorStreams

/// The services of an application, by their paths.
///
/// ```swift
/// try services.add("/calc/:operation") { request in
///   let (a, b) = (try request.query("a", as: Double.self), try request.query("b", as: Double.self))
///   switch try request.path("operation") {
///   case "add": return .json(a + b)
///   case "multiply": return .json(a * b)
///   default: throw TangorError(.notFound)
///   }
/// }
/// ```
public final class ServiceRegistry: Sendable {
  private struct State {
    var trie = ServiceTrie()
    var services: [Service] = []
    /// The quick services that stand at plain paths.
    var quick: [String: QuickHandler] = [:]
    /// The services at plain paths that answer a `GET` with a JSON document and nothing else.
    var documents: [String: DocumentHandler] = [:]
    /// The polling generators that stand at plain paths.
    var polls: [String: PollOptions] = [:]
    /// Whether there is a service whose bodies are streamed.
    var streamsBodies = false
  }

  typealias QuickHandler = @Sendable (ServiceRequest) throws -> JSONFragment
  typealias DocumentHandler = @Sendable (ServiceRequest) async throws -> JSONFragment

  /// The methods that a service answers unless it says otherwise; `HEAD` and `OPTIONS` come by themselves.
  public static let defaultMethods = ["GET", "POST"]

  private let state = Mutex(State())

  /// Makes a registry without services.
  public init() {}

  /// Adds a service.
  ///
  /// - Parameters:
  ///   - path: The path, with parameters as `:name` and perhaps `**` at its end.
  ///   - methods: The HTTP methods that it answers.
  ///   - options: How it is run and described.
  ///   - handler: Answers requests.
  /// - Throws: `invalid_request` when the path is malformed or taken.
  public func add(
    _ path: String, methods: [String] = ServiceRegistry.defaultMethods, options: ServiceOptions = .init(), handler: @escaping ServiceHandler
  ) throws {
    try insert(path, methods, options, .handler(handler))
  }

  /// Adds a service that answers with text.
  ///
  /// - Throws: `invalid_request` when the path is malformed or taken.
  @_disfavoredOverload  // A closure that fits several, because it only throws, is a handler.
  public func add(
    _ path: String, methods: [String] = ServiceRegistry.defaultMethods, options: ServiceOptions = .init(),
    text handler: @escaping @Sendable (ServiceRequest) async throws -> String
  ) throws {
    try insert(path, methods, options, .handler { .text(try await handler($0)) })
  }

  /// Adds a service that answers with a value as JSON.
  ///
  /// It costs less than one that answers anything: a plain `GET` of it, at a path without parameters, does not pass the router, and while
  /// the service waits for something, the request owns one task and nothing else. The answer says `Cache-Control: no-store`.
  ///
  /// - Throws: `invalid_request` when the path is malformed or taken.
  @_disfavoredOverload
  public func add<Value: Encodable & SendableMetatype>(
    _ path: String, methods: [String] = ServiceRegistry.defaultMethods, options: ServiceOptions = .init(),
    json handler: @escaping @Sendable (ServiceRequest) async throws -> Value
  ) throws {
    let document: DocumentHandler = { request in try JSONFragment(encoding: await handler(request)) }
    try insert(path, methods, options, .handler { request in .json(try await document(request)).header(.cacheControl, "no-store") })
    guard methods.contains("GET"), !options.blocking, options.body.terms == nil else { return }
    state.withLock { $0.documents[path] = document }
  }

  /// Adds a generator that clients poll with a key of their own choice: `GET /path?key=…`.
  ///
  /// - Parameters:
  ///   - path: The path, with parameters as `:name`.
  ///   - count: Whether each answer has the number of values so far.
  ///   - window: How many of the last values each answer has, 1 to 10,000; nil for the newest value alone.
  ///   - options: How it is run and described.
  ///   - source: Makes the generator from the first poll's arguments.
  /// - Throws: `invalid_request` when the path is malformed or taken, or the window out of range.
  public func poll(
    _ path: String, count: Bool = false, window: Int? = nil, options: ServiceOptions = .init(),
    source: @escaping @Sendable (ServiceRequest) async throws -> StreamSource
  ) throws {
    if let window, !(1...PollOptions.maximumWindow).contains(window) {
      throw TangorError(.invalidRequest, "A polling generator's window must be from 1 to \(PollOptions.maximumWindow); \(window) came.")
    }
    let answers = PollOptions(count: count, window: window)
    try insert(path, ["GET"], options, .poll(answers, source))
    state.withLock { $0.polls[path] = answers }
  }

  /// Adds a service that takes microseconds, never blocks and changes nothing: where its path has no parameters, plain `GET`s are
  /// answered on the event loop, at half the cost. Middleware does not see them, and `headers` are empty.
  ///
  /// - Throws: `invalid_request` when the path is malformed or taken.
  public func addQuick<Value: JSONWritable & SendableMetatype>(
    _ path: String, options: ServiceOptions = .init(), json handler: @escaping @Sendable (ServiceRequest) throws -> Value
  ) throws {
    try insertQuick(path, options) { JSONFragment(try handler($0)) }
  }

  /// Adds a service that takes microseconds, never blocks and changes nothing: where its path has no parameters, plain `GET`s are
  /// answered on the event loop, at half the cost. Middleware does not see them, and `headers` are empty.
  ///
  /// - Throws: `invalid_request` when the path is malformed or taken.
  @_disfavoredOverload
  public func addQuick<Value: Encodable & SendableMetatype>(
    _ path: String, options: ServiceOptions = .init(), json handler: @escaping @Sendable (ServiceRequest) throws -> Value
  ) throws {
    try insertQuick(path, options) { try JSONFragment(encoding: handler($0)) }
  }

  private func insertQuick(_ path: String, _ options: ServiceOptions, _ handler: @escaping QuickHandler) throws {
    try insert(path, ["GET"], options, .handler { .json(try handler($0)) })
    state.withLock { $0.quick[path] = handler }
  }

  /// What stands at a path without parameters and need not pass the router.
  enum Direct {
    case quick(QuickHandler)
    case poll(PollOptions)
    case document(DocumentHandler)
  }

  /// What stands at a path without parameters and need not pass the router; nil where there is no such thing.
  func direct(_ path: String) -> Direct? {
    state.withLock { state in
      if let handler = state.quick[path] { return .quick(handler) }
      if let options = state.polls[path] { return .poll(options) }
      return state.documents[path].map { .document($0) }
    }
  }

  private func insert(_ path: String, _ methods: [String], _ options: ServiceOptions, _ action: Service.Action) throws {
    guard !methods.isEmpty else { throw TangorError(.invalidRequest, "The service at '\(path)' answers no method.") }
    let service = Service(pattern: try ServicePattern(path), methods: methods, options: options, action: action)
    try state.withLock { state in
      try state.trie.add(service)
      if options.body.terms != nil { state.streamsBodies = true }
      state.services.append(service)
    }
  }

  /// The services at a path.
  ///
  /// - Parameter path: The path below the base path, percent-encoded as it came.
  func find(_ path: some StringProtocol) -> ServiceTrie.Match? {
    var elements: [String] = []
    for element in path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      guard let text = String(percentDecoding: element) else { return nil }
      elements.append(text)
    }
    if elements == [""] { elements = [] }
    return state.withLock { $0.trie }.find(elements)
  }

  /// What holds for the body of a request, where a service streams it.
  ///
  /// - Parameters:
  ///   - method: The request's method.
  ///   - uri: Its URI as it came.
  ///   - basePath: What stands before every path of the server.
  ///   - requestTimeout: How long no byte may come, where the service does not say.
  package func bodyTerms(method: String, uri: String, basePath: String, requestTimeout: Duration) -> BodyTerms? {
    guard state.withLock({ $0.streamsBodies }), uri.utf8.starts(with: basePath.utf8) else { return nil }
    guard let terms = find(uri.dropFirst(basePath.count).prefix { $0 != "?" })?.services[method]?.options.body.terms else { return nil }
    return BodyTerms(idleTimeout: terms.idleTimeout ?? requestTimeout, minimumRate: terms.minimumRate)
  }

  /// The paths and summaries of all services, in the order in which they were added.
  var descriptions: [(path: String, summary: String)] {
    state.withLock { $0.services }.map { ($0.pattern.description, $0.options.summary) }
  }
}
