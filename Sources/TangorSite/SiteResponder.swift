import HTTPTypes
package import Hummingbird
import TangorCore
package import TangorServing

/// Answers requests with the files of the site, or with nothing when no file matches.
///
/// - A directory's URL shows its `index.html`, else a listing where listings are on; its URL without the slash redirects (308).
/// - Below `/tangor/` the browser client is served from the binary; what it lacks is looked for in the site.
/// - What must not be served answers like what does not exist; ``FileRoot`` tells what that is.
package struct SiteResponder<Context: ChannelRequestContext>: PathResponder {
  package let configuration: SiteConfiguration
  package let files: FileResponder
  private let mounts: SiteMounts
  private let bundles: [String: BundledFiles]
  let basePath: String

  /// What stands at a path, found on the thread pool.
  private enum Found: Sendable {
    case file(FileEntry)
    case directoryWithoutSlash
    case listing(DirectoryListing)
    case unlisted
    case homepage(String)
  }

  /// - Parameters:
  ///   - configuration: The folders and their settings.
  ///   - basePath: What stands before every path of the server, as in `/app`; empty by default. Redirects begin with it.
  ///   - excluding: Files that are never served: the server's own configuration.
  ///   - bundles: Files that the binary carries, by the first element of their paths; by an empty text for the root.
  ///   - files: Who reads files; by default one with a cache of its own as the configuration says.
  /// - Throws: `TangorError` with words for the person who starts the server, when a folder cannot be served.
  package init(
    configuration: SiteConfiguration, basePath: String = "", excluding: [String] = [],
    bundles: [String: BundledFiles] = ["tangor": .browser],
    files: FileResponder? = nil
  ) throws {
    self.configuration = configuration
    self.basePath = basePath == "/" ? "" : basePath
    self.bundles = bundles
    self.files = files ?? FileResponder(settings: configuration.fileSettings)
    mounts = try SiteMounts(configuration, excluding: excluding)
  }

  /// Answers a request, or gives nil when nothing of the site stands at the path.
  ///
  /// - Throws: `TangorError`: `forbidden`, `method_not_allowed`, `precondition_failed`, `range_not_satisfiable`.
  package func respond(to request: Request, at path: Substring, context: Context) async throws -> Response? {
    let path = String(path)
    let reads = request.method == .get || request.method == .head
    // Every other spelling of a path is decoded first, so a file has one entry in the cache however it is asked for.
    if reads, !configuration.autoreload, !path.utf8.contains(UInt8(ascii: "%")),
      let response = try files.cachedResponse(key: path, request: request)
    {
      return response
    }
    if path.isEmpty, reads, !basePath.isEmpty { return redirect(to: basePath + "/", request) }
    guard let place = ResourcePath(raw: path), let found = try await find(place) else { return nil }
    guard reads else { return try refuse(request.method) }
    switch found {
    case .file(let entry):
      if configuration.autoreload, entry.plain.isPage { return try await reloading(entry, request) }
      return try files.response(entry, request: request)
    case .directoryWithoutSlash:
      return redirect(to: basePath + "/" + place.segments.map(ResourcePath.encoded).joined(separator: "/") + "/", request)
    case .homepage(let target):
      let location = target.hasPrefix("/") ? basePath + target : target
      return Response(status: .found, headers: [.location: location, .cacheControl: configuration.cacheControl])
    case .listing(let listing): return listing.response(to: request, cacheControl: configuration.cacheControl)
    case .unlisted: throw TangorError(.forbidden, "Listing of this directory is switched off.")
    }
  }

  private func find(_ place: ResourcePath) async throws -> Found? {
    if let found = bundled(place) { return found }
    if let (root, names) = mounts.resolve(place.segments) {
      let key = place.text
      if let entry = files.cache.fresh(key) { return .file(entry) }
      if let found = try await files.offLoop({ try search(root, names, place, key) }) {
        if case .file = found { return found }
        guard place.segments.isEmpty, let homepage = configuration.homepage else { return found }
        return .homepage(homepage)
      }
    }
    return place.segments.isEmpty ? configuration.homepage.map { .homepage($0) } : nil
  }

  private func bundled(_ place: ResourcePath) -> Found? {
    if let folder = place.segments.first, let bundle = bundles[folder], let found = look(in: bundle, place, dropping: 1) { return found }
    return bundles[""].flatMap { look(in: $0, place, dropping: 0) }
  }

  private func look(in bundle: BundledFiles, _ place: ResourcePath, dropping count: Int) -> Found? {
    let path = place.segments.dropFirst(count).joined(separator: "/")
    let index = path.isEmpty ? "index.html" : path + "/index.html"
    if place.isDirectory { return bundle[index].map { .file($0) } }
    if let entry = bundle[path] { return .file(entry) }
    return bundle[index] == nil ? nil : .directoryWithoutSlash
  }

  /// Looks on the disk. Blocks.
  private func search(_ root: FileRoot, _ names: [String], _ place: ResourcePath, _ key: String) throws -> Found? {
    switch try root.open(names) {
    case nil:
      files.cache.forget(key)
      return nil
    case .file(let file):
      guard !place.isDirectory else { return nil }
      return try entry(of: names, in: root, key, opened: file).map { .file($0) }
    case .directory(let directory):
      guard place.isDirectory else { return .directoryWithoutSlash }
      if let entry = try entry(of: names + ["index.html"], in: root, key, opened: nil) { return .file(entry) }
      guard configuration.listings else { return .unlisted }
      let (entries, isComplete) = try directory.entries(limit: configuration.maximumListed, rules: root.rules)
      return .listing(DirectoryListing(path: place, entries: try root.shown(entries, in: names), isComplete: isComplete))
    }
  }

  private func entry(of names: [String], in root: FileRoot, _ key: String, opened: OpenFile?) throws -> FileEntry? {
    guard let name = names.last else { return nil }
    return try files.loadBlocking(key: key, contentType: MediaTypes.type(ofFile: name)) { suffix in
      if suffix.isEmpty, let opened { return opened }
      guard case .file(let file) = try root.open(names.dropLast() + [name + suffix]) else { return nil }
      return file
    }
  }

  private func refuse(_ method: HTTPRequest.Method) throws -> Response {
    guard method == .options else { throw TangorError.methodNotAllowed(method, allowed: ["GET", "HEAD"]) }
    return Response(status: .noContent, headers: [.allow: "GET, HEAD, OPTIONS"])
  }

  private func redirect(to path: String, _ request: Request) -> Response {
    let target = request.uri.query.map { path + "?" + $0 } ?? path
    return Response(status: .permanentRedirect, headers: [.location: target, .cacheControl: configuration.cacheControl])
  }
}
