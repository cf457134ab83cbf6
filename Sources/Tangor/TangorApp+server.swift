import HTTPTypes
package import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import Synchronization
import TangorCore
import TangorPrograms
import TangorServices
import TangorServing
import TangorSite
import TangorStreams

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension TangorApp {
  /// Puts the parts together into a Hummingbird application.
  package func buildApplication(
    onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
  ) throws -> some ApplicationProtocol {
    let parts = parts.withLock { $0 }
    let files = FileResponder(settings: configuration.site.fileSettings)
    let uploads = try UploadResponder<TangorRequestContext>(self.uploads, basePath: configuration.basePath, files: files)
    let router = try buildRouter(parts, files: files, uploads: uploads)
    let quick: (any QuickResponder)? =
      parts.middleware.isEmpty
      ? QuickTable(
        basePath: configuration.basePath,
        [StreamQuickResponder(streams), SignalQuickResponder(signals), ServiceQuickResponder(services, polls: polls)]) : nil
    let http = HTTPServing(configuration: configuration.serving, quick: quick, logger: logger) {
      [services, basePath = configuration.basePath, timeout = configuration.serving.requestTimeout] method, uri in
      services.bodyTerms(method: method, uri: uri, basePath: basePath, requestTimeout: timeout)
        ?? uploads.bodyTerms(method: method, uri: uri)
    }
    var server = http.server
    if let tls = try configuration.tls.serverConfiguration() { server = try .tls(server, tlsConfiguration: tls) }
    return Application(
      responder: router.buildResponder(), server: server,
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port), backlog: 4_096,
        availableConnectionsDelegate: .maximum(configuration.serving.maximumConnections, logger: logger)),
      services: [http.connections],
      onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
      logger: logger)
  }

  /// The methods that change nothing (RFC 9110, section 9.2.1), as far as the server's own doing goes.
  private static let safeMethods: [HTTPRequest.Method] = [.get, .head, .options, .trace]

  private func buildRouter(
    _ parts: Parts, files: FileResponder, uploads: UploadResponder<TangorRequestContext>
  ) throws -> Router<TangorRequestContext> {
    let router = Router(context: TangorRequestContext.self)
    router.add(middleware: RequestObserver())
    if configuration.serving.compression.isEnabled { router.add(middleware: CompressionMiddleware(configuration.serving.compression)) }
    for middleware in parts.middleware { router.add(middleware: middleware) }
    let base = configuration.basePath.isEmpty ? RouterPath("/") : RouterPath(configuration.basePath)
    let group = router.group(base)
    var methods = parts.methods
    try methods.add(contentsOf: StreamMethods(streams).methods)
    try methods.add(contentsOf: ChannelMethods(channels).methods)
    try methods.add(contentsOf: SignalMethods(signals).methods)
    try methods.add(contentsOf: ServiceMethods(services, streams: streams, polls: polls).methods)
    try methods.add(contentsOf: ObjectMethods(objects).methods)
    try methods.add(
      contentsOf: ProgramMethods(programs, basePath: configuration.basePath) { [streams] lines, client in
        try streams.open(StreamSource(lines), client: client)
      }.methods)
    let dispatcher = try LiveDispatcher(
      methods: methods, title: "Tangor", version: tangorVersion, maximumBatch: configuration.serving.maximumBatch, logger: logger)
    group.addRoutes(HealthRoutes(app: self).collection)
    var bundles = bundles(parts)
    let reload = reloader.map { ReloadResponder<TangorRequestContext>($0, basePath: configuration.basePath) }
    if reload == nil { bundles["tangor"] = bundles["tangor"]?.without("reload.js") }
    group.addRoutes(StreamRoutes<TangorRequestContext>(streams).endpoints)
    group.addRoutes(
      ChannelRoutes<TangorRequestContext>(channels, basePath: configuration.basePath, configuration: configuration.serving.webSocket)
        .endpoints)
    group.addRoutes(
      SignalRoutes<TangorRequestContext>(
        signals, basePath: configuration.basePath, origins: OriginPolicy(configuration.serving.webSocket.origins)
      ).endpoints)
    group.addRoutes(
      LiveRoutes<TangorRequestContext>(
        dispatcher: dispatcher, configuration: configuration.serving, sockets: sockets, identify: parts.identify
      ).collection)
    PerspectiveEndpoint(
      tables, configuration: configuration.perspective, webSocket: configuration.serving.webSocket, sockets: sockets
    ).add(to: group)
    let door = ProgramDoor(
      programs, basePath: configuration.basePath, origins: OriginPolicy(configuration.serving.webSocket.origins),
      isSecure: configuration.tls.certificate != nil, proxies: configuration.serving.trustedProxies)
    group.addRoutes(VTKWebRoutes<TangorRequestContext>(programs, door: door).endpoints)
    if configuration.programs.isEnabled { group.addRoutes(ProgramRoutes<TangorRequestContext>(programs, door: door).endpoints) }
    for route in parts.webSockets {
      let upgrade = WebSocketUpgrade(configuration: route.configuration, sockets: sockets)
      group.methods(at: RouterPath(route.path), [(.get, { request, context in try await route.answer(upgrade, request, context) })])
    }
    let services = ServiceResponder<TangorRequestContext>(
      self.services, streams: streams, polls: polls, signals: signals, bodyLimit: configuration.serving.maximumBodySize,
      serveFile: { path, type, request in try await files.response(path: path, contentType: type, request: request) })
    let site = try SiteResponder<TangorRequestContext>(
      configuration: configuration.site, basePath: configuration.basePath, excluding: configuration.sources, bundles: bundles,
      files: files)
    let programs = ProgramResponder<TangorRequestContext>(
      self.programs, basePath: configuration.basePath, webSocket: configuration.serving.webSocket, sockets: sockets,
      isSecure: configuration.tls.certificate != nil, proxies: configuration.serving.trustedProxies)
    let basePath = configuration.basePath
    // A form of a foreign page could otherwise make a visitor's browser call services here.
    let origins = OriginPolicy(configuration.serving.webSocket.origins)
    for method in Router<TangorRequestContext>.knownMethods {
      for path in ["", "**"] as [RouterPath] {
        group.on(path, method: method) { request, context -> Response in
          if !Self.safeMethods.contains(method) { try origins.check(request) }
          let path = request.uri.path.dropFirst(basePath.count)
          if let response = try await reload?.respond(to: request, at: path, context: context) { return response }
          if let response = try await programs.respond(to: request, at: path, context: context) { return response }
          if let response = try await services.respond(to: request, at: path, context: context) { return response }
          if let response = try await uploads.respond(to: request, at: path, context: context) { return response }
          if let response = try await site.respond(to: request, at: path, context: context) { return response }
          throw TangorError(.notFound, "Nothing stands at \(request.uri.path.prefix(200)).")
        }
      }
    }
    return router
  }

  /// The files of the binary by the first element of their paths. What the application put somewhere itself stays there.
  private func bundles(_ parts: Parts) -> [String: BundledFiles] {
    let path = configuration.wispyStaticPath
    guard !path.isEmpty else { return parts.bundles }
    return parts.bundles.merging([path: BundledFiles.browser.folder("compat/wispyjs")]) { own, _ in own }
  }
}

extension TangorConfiguration.TLS {
  /// The server's side of TLS, where a certificate is configured.
  ///
  /// - Throws: ``StartError`` when a file cannot be used.
  func serverConfiguration() throws -> NIOSSL.TLSConfiguration? {
    guard let certificate, let key else { return nil }
    do {
      let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
      return .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
    } catch {
      throw StartError("the certificate '\(certificate)' and its key '\(key)' cannot be used: \(error)")
    }
  }
}

extension StartError {
  /// The sentence for a listening socket that could not be made.
  static func listening(_ error: IOError, on configuration: TangorConfiguration) -> StartError {
    switch error.errnoCode {
    case EADDRINUSE: StartError("port \(configuration.port) on \(configuration.host) is in use; choose another with --port")
    case EACCES: StartError("port \(configuration.port) may not be used by this account; choose one above 1023 with --port")
    default: StartError("cannot listen on \(configuration.host):\(configuration.port): \(error.localizedDescription)")
    }
  }
}
