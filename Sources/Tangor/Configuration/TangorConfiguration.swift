public import TangorCore
public import TangorObjects
public import TangorPrograms
public import TangorServing
public import TangorSite
public import TangorStreams

/// The settings of a Tangor server: where it listens, what it serves and where its limits lie.
///
/// Every property has a default that suits development on one's own machine. A program may set the properties itself, or have them
/// read from a file, the environment and its own settings with ``init(file:environment:)``:
///
/// ```swift
/// var configuration = try TangorConfiguration(file: "tangor.yaml", environment: ProcessInfo.processInfo.environment)
/// configuration.port = 9000
/// ```
///
/// All keys of the file are described in docs/configuration.md.
public struct TangorConfiguration: Sendable {
  /// The address to listen on. Default `127.0.0.1`: this machine alone.
  public var host = "127.0.0.1"
  /// The port to listen on; 0 takes a free one. Default 8080.
  public var port = 8080
  /// The path below which everything is served, as in `/app`; empty for none. Default empty.
  public var basePath = ""
  /// The certificate and its key; HTTPS is spoken when both are set.
  public var tls = TLS()
  /// What is logged, and how.
  public var log = Log()
  /// The settings of HTTP serving and of the live connection.
  public var serving = ServingConfiguration()
  /// The settings of keyed streams.
  public var streams = StreamsConfiguration()
  /// The settings of channels, and their rules.
  public var channels = ChannelsConfiguration()
  /// The settings of signals.
  public var signals = SignalsConfiguration()
  /// The settings of tasks.
  public var tasks = TasksConfiguration()
  /// The settings of exposed objects.
  public var objects = ObjectsConfiguration()
  /// The settings of the endpoint for Perspective's clients.
  public var perspective = PerspectiveConfiguration()
  /// The tables that are made from files, by the name that clients open them by.
  public var tables: [String: TableSource] = [:]
  /// The settings of programs that are launched for pages.
  public var programs = ProgramsConfiguration()
  /// The settings of static files.
  public var site = SiteConfiguration()
  /// The settings of uploads.
  public var uploads = UploadConfiguration()

  /// Development: turns on what helps it, which is ``SiteConfiguration/autoreload`` so far. Default false.
  public var debug = false

  /// Where the scripts for pages of wispyobserver are served, as in `/wispyjs/rpc.js`: one element of a path below the base path;
  /// empty for nowhere. Default `wispyjs`.
  public var wispyStaticPath = "wispyjs"

  /// Keys that are read and kept so that files of wispyobserver load, and have no effect.
  package var wispyobserver = Wispyobserver()
  /// Taken from files of an older system, and without effect: properties are tracked where their class says so.
  package var addsAttributes = true

  /// The files that it was read from; they are never served.
  package var sources: [String] = []

  /// The defaults.
  public init() {}

  /// The files for HTTPS.
  public struct TLS: Sendable, Hashable {
    /// The path of a PEM file with the certificate chain, the server's own first. Default none.
    public var certificate: String?
    /// The path of a PEM file with the certificate's private key. Default none.
    public var key: String?

    public init() {}
  }

  /// The settings of the log.
  public struct Log: Sendable, Hashable {
    /// The least severe messages that are written. Default `info`.
    public var level = LogLevel.info
    /// How a message is written. Default `text`.
    public var format = LogFormat.text
    /// The name that stands in each message. Default `tangor`.
    public var label = "tangor"
    /// Where messages go. Default `stderr`.
    public var stream = LogStream.stderr

    public init() {}
  }

  /// How severe a log message is; the raw values are those of swift-log.
  public enum LogLevel: String, Sendable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
  }

  /// How log messages are written.
  public enum LogFormat: String, Sendable, CaseIterable {
    /// A line for people.
    case text
    /// A JSON object on a line, for programs.
    case json
  }

  /// Where log messages go.
  public enum LogStream: String, Sendable, CaseIterable {
    /// Standard error.
    case stderr
    /// Standard output.
    case stdout
  }

  /// What configuration files of wispyobserver may say that has no meaning here.
  package struct Wispyobserver: Sendable, Hashable {
    /// Whether the server was to run in a process of its own.
    package var isMultiprocessed: Bool?
    /// The host that Tornado took a request for that named none of its virtual hosts.
    package var defaultHost: String?
  }
}
