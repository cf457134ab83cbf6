public import TangorCore
package import TangorServing

/// The settings of static files.
public struct SiteConfiguration: Sendable {
  /// The folder whose files are served at `/`; none by default.
  public var root: String?
  /// Further folders, by the path they are served at, as in `["/data": "measurements"]`.
  public var folders: [String: String] = [:]
  /// Where `/` redirects when the root has no `index.html`: a path below the base path, or a whole URL. None by default.
  public var homepage: String?
  /// Whether a directory without `index.html` shows a listing. Default false.
  public var listings = false
  /// Entries that a listing shows; it says when there are more. Default 10,000.
  public var maximumListed = 10_000
  /// Memory for the contents of small files; 0 turns the cache off. Default 64 MiB.
  public var cacheSize = ByteSize.mebibytes(64)
  /// The largest file that is kept in memory. Default 1 MiB.
  public var maximumCachedFileSize = ByteSize.mebibytes(1)
  /// How long a cached file is served before the disk is asked whether it changed. Default 1 s.
  public var revalidateAfter = Duration.seconds(1)
  /// The `Cache-Control` of files. Default `no-cache`: kept by browsers, asked for each time.
  public var cacheControl = "no-cache"
  /// Ranges that one request may ask for; more are answered with the whole file. Default 16.
  public var maximumRanges = 16

  /// Whether open pages are reloaded when a file that is served changes: for development. Default false.
  public var autoreload = false

  /// The defaults.
  public init() {}

  /// What the files are served with.
  package var fileSettings: FileSettings {
    var settings = FileSettings()
    settings.cacheSize = cacheSize.bytes
    settings.maximumCachedFileSize = maximumCachedFileSize.bytes
    settings.revalidateAfter = revalidateAfter
    settings.cacheControl = cacheControl
    if autoreload {
      // A page that is reloaded must not be given what it was before.
      settings.revalidateAfter = .zero
      settings.cacheControl = "no-cache"
    }
    settings.maximumRanges = maximumRanges
    return settings
  }
}
