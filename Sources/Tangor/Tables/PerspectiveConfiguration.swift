public import TangorCore

/// The settings of the endpoint for Perspective's clients.
public struct PerspectiveConfiguration: Sendable, Hashable {
  /// Where the WebSocket is; empty for nowhere. Default `/websocket`.
  public var path = "/websocket"
  /// The largest message: a client sends the data of a new table or an update in one. Default 256 MiB.
  public var maximumMessageSize = ByteSize.mebibytes(256)
  /// Whether clients may make tables of their own. Default true.
  public var clientsMayMakeTables = true
  /// Tables at a time, in each namespace. Default 10,000.
  public var maximumTables = 10_000
  /// Views that a connection may have at a time. Default 1000.
  public var maximumViewsPerSession = 1000
  /// Whether `<path>/<namespace>` gives a set of tables of its own, which begins empty. Default false.
  public var namespaces = false
  /// Namespaces at a time. Default 1000.
  public var maximumNamespaces = 1000
  /// How long the tables of a namespace are kept without any connection to it. Default 10 minutes.
  public var namespaceLease = Duration.seconds(600)

  /// The defaults.
  public init() {}
}

/// A table that the configuration names, and the file that it comes from.
public struct TableSource: Sendable, Hashable {
  /// The file: `.csv`, `.json`, `.ndjson`, `.jsonl`, `.arrow` or `.feather`.
  public var source = ""
  /// The column by whose values rows are known. Default none.
  public var index: String?
  /// The most rows that are kept, the newest; not with an index. Default none.
  public var limit: Int?
  /// Whether the table follows the file: when it changes, its rows take the place of the table's. Default false.
  public var watch = false
  /// Whether clients can neither write to the table nor delete it. Default false.
  public var isReadOnly = false

  /// - Parameter source: The file.
  public init(_ source: String) { self.source = source }
}
