public import TangorCore

/// The settings of uploads.
public struct UploadConfiguration: Sendable {
  /// The folders that take uploads, by the path they are reached at, as in `["/uploads": "uploads"]`. None by default.
  ///
  /// A folder is made at the start where only its last element is missing.
  public var folders: [String: String] = [:]
  /// Which files are taken.
  public var rules = Rules()
  /// The largest file; 413 beyond. Default 1 GiB.
  public var maximumSize = ByteSize.mebibytes(1_024)
  /// The bytes that a folder may hold in all, with what is being uploaded; 507 beyond. No bound by default.
  public var quota: ByteSize?
  /// Files in one form; 413 beyond. Default 100.
  public var maximumFiles = 100
  /// Uploads that are received at a time; 429 beyond. Default 64.
  public var maximumUploads = 64
  /// Resumable uploads that are unfinished at a time in one folder; 429 beyond. Default 1,000.
  public var maximumUnfinished = 1_000
  /// How long an unfinished resumable upload is kept since its last byte. Default 24 h.
  public var lease = Duration.seconds(86_400)
  /// How long an upload may bring no byte; 408 beyond. Default 30 s.
  public var idleTimeout = Duration.seconds(30)

  /// The defaults.
  public init() {}

  /// Which files are taken.
  public struct Rules: Sendable {
    /// Extensions without their dot, in any case; nil takes all. Default nil.
    ///
    /// A file of a kind that is known by its first bytes (PNG, JPEG, GIF, WebP, PDF, ZIP, gzip and more) must begin so. With nil
    /// nothing is looked at.
    public var acceptedTypes: [String]?
    /// Whether a GET of the folder lists the names in it. Default true.
    public var areNamesListed = true
    /// Which files may be made: patterns for their whole path on this machine, in which `*` crosses `/`. Default `*`, all.
    public var creation = ["*"]
    /// Which files may be overwritten: patterns as for ``creation``. Default none.
    public var overwriting: [String] = []

    /// The defaults.
    public init() {}
  }
}
