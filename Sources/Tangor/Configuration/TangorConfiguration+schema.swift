import TangorCore
import TangorObjects
import TangorServing
import TangorSite
import TangorStreams

extension TangorConfiguration {
  /// Every key, declared once: files, variables, flags, `config print` and docs/configuration.md all come from here.
  package static let schema = ConfigurationSchema(
    serverKeys + wispyobserverKeys + tlsKeys + limitKeys + compressionKeys + webSocketKeys + streamKeys + channelKeys + signalKeys
      + taskKeys + objectKeys + perspectiveKeys
      + programKeys + staticKeys + uploadKeys)

  /// A line about each section, for print and documentation.
  package static let sectionSummaries: [String: String] = [
    "": "Where the server listens and what it serves",
    "tls": "HTTPS; both files or none",
    "log": "The log",
    "limits": "Limits of HTTP and of the live connection",
    "shutdown": "Stopping",
    "compression": "Compression of answers (gzip, deflate)",
    "websocket": "WebSockets",
    "websocket.compression": "Compression of WebSocket messages (permessage-deflate)",
    "streams": "Keyed streams",
    "channels": "Channels",
    "signals": "Signals",
    "tasks": "Tasks beside requests",
    "interface": "What pages may reach of exposed objects",
    "func_caller": "How calls of exposed objects run",
    "synchronous_task_lock": "The pool that calls run on",
    "perspective": "Perspective's clients",
    "vtkweb": "VTK's programs for pages",
    "program_limits": "Limits of programs",
    "static": "Static files",
    "upload": "Uploads",
    "upload.rules": "Which files are taken",
  ]

  private typealias Key = ConfigurationKey<TangorConfiguration>

  private static let serverKeys = [
    Key(
      "host", aliases: ["hostname", "address"], \.host, .host,
      "The address to listen on; 127.0.0.1 is this machine alone, 0.0.0.0 every IPv4 address, '::' every address; empty is the default."),
    Key("port", \.port, .integer(in: 0...65_535), "The port to listen on; 0 takes a free one."),
    Key("base_path", \.basePath, .basePath, "The path below which everything is served, such as /app; empty for none."),
    Key("root", aliases: ["static.root"], \.site.root, .optional(.path), "The folder whose files are served at /."),
    Key(
      "autoreload", aliases: ["static.autoreload"], \.site.autoreload, .boolean,
      "Whether open pages are reloaded when a file of root or static.folders changes; for development."),
    Key(
      "tables", \.tables, .map(.tableSource),
      "Tables that are made from files, by the name that clients open them by; each with the keys source, index, limit, watch, read_only."),
    Key(
      "programs", \.programs.kinds, .map(.programKind),
      "Kinds of programs that pages may launch, by name; each with the keys command, environment, folders, ready, start_timeout, websockets, http, keep_path, refused_arguments."
    ),
    Key(
      "trusted_proxies", \.serving.trustedProxies, .proxies,
      "Addresses and networks of proxies whose X-Forwarded-Proto and X-Forwarded-Host are believed."),
    Key("debug", \.debug, .boolean, "Development: turns autoreload on, whatever that says."),
  ]

  private static let tlsKeys = [
    Key(
      "tls.certificate", aliases: ["tls.cert", "cert"], \.tls.certificate, .optional(.path),
      "A PEM file with the certificate chain, the server's own certificate first."),
    Key("tls.key", aliases: ["key"], \.tls.key, .optional(.path), "A PEM file with the certificate's private key."),
    Key(
      "log.level", aliases: ["logging_config.level"], \.log.level, .logLevel,
      "The least severe messages that are written. Python's names and numbers are understood, such as DEBUG or 10."),
    Key("log.format", \.log.format, .choice, "Lines for people (text) or a JSON object on each line (json)."),
    Key("log.label", aliases: ["logging_config.logger"], \.log.label, .name, "The name that stands in each message."),
    Key(
      "log.stream", aliases: ["logging_config.stream"], \.log.stream, .logStream,
      "Where the log goes; true is standard output, false standard error."),
  ]

  private static let limitKeys = [
    Key(
      "limits.header_size", \.serving.maximumHeaderSize, .size(in: .kibibytes(1) ... .mebibytes(1)),
      "The largest request line and headers taken together; 431 beyond."),
    Key(
      "limits.body_size", \.serving.maximumBodySize, .size(in: ByteSize(bytes: 0)...largestInMemory),
      "The largest body of a request that is read whole; 413 beyond."),
    Key(
      "limits.connections", \.serving.maximumConnections, .integer(in: 1...10_000_000),
      "Connections at a time; further ones wait to be accepted."),
    Key(
      "limits.request_timeout", \.serving.requestTimeout, .duration(in: moment ... .seconds(86_400)),
      "How long a client may take to send a request, from its first byte to its last; 408 beyond."),
    Key(
      "limits.write_timeout", \.serving.writeTimeout, .duration(in: moment ... .seconds(86_400)),
      "How long a client may take nothing of a response that waits for it before it is cut off; beyond, it has to take 1 KiB a second."),
    Key(
      "limits.idle_timeout", \.serving.idleTimeout, .duration(in: moment ... .seconds(86_400)),
      "How long a connection may stand idle between requests."),
    Key(
      "limits.calls_in_flight", \.serving.maximumCallsInFlight, .integer(in: 1...1_000_000),
      "Calls in flight on one live connection; beyond, it is not read until one ends."),
    Key("limits.batch", \.serving.maximumBatch, .integer(in: 1...1_000_000), "Requests in one JSON-RPC batch."),
    Key("limits.subscriptions", \.serving.maximumSubscriptions, .integer(in: 0...1_000_000), "Subscriptions on one live connection."),
    Key(
      "shutdown.grace", \.serving.shutdownGrace, .duration(in: .zero ... .seconds(3_600)),
      "How long stopping may take before what is left is cut off."),
  ]

  private static let compressionKeys = [
    Key(
      "compression.enabled", aliases: ["compression"], \.serving.compression.isEnabled, .boolean,
      "Whether answers are compressed for clients that ask for it."),
    Key("compression.level", \.serving.compression.level, .integer(in: 1...9), "From fast (1) to small (9)."),
    Key(
      "compression.minimum_size", \.serving.compression.minimumSize, .size(in: ByteSize(bytes: 0) ... .mebibytes(1_024)),
      "Answers whose length is known and below this are sent as they are."),
  ]

  private static let webSocketKeys = [
    Key(
      "websocket.max_message_size", aliases: ["websocket_max_message_size"], \.serving.webSocket.maximumMessageSize,
      .size(in: ByteSize(bytes: 125)...largestInMemory), "The largest message, after decompression; 1009 beyond."),
    Key(
      "websocket.buffer_size", \.serving.webSocket.bufferSize, .size(in: .kibibytes(1)...largestInMemory),
      "Bytes that may wait for a peer that reads slowly, before the sender's policy applies."),
    Key(
      "websocket.origins", \.serving.webSocket.origins, .list(.origin),
      "Origins that may connect beside the server's own, such as https://example.org; '*' allows all."),
    Key(
      "websocket.ping_interval", \.serving.webSocket.pingInterval, .duration(in: moment ... .seconds(86_400)),
      "How long nothing may come from the peer before it is sent a ping."),
    Key(
      "websocket.ping_timeout", \.serving.webSocket.pingTimeout, .duration(in: moment ... .seconds(86_400)),
      "How long a pong may take before the connection is closed with 4408."),
    Key(
      "websocket.close_timeout", \.serving.webSocket.closeTimeout, .duration(in: .zero ... .seconds(3_600)),
      "How long the peer may take to answer a close frame."),
    Key("websocket.compression.enabled", \.serving.webSocket.compression.isEnabled, .boolean, "Whether compression is offered."),
    Key("websocket.compression.level", \.serving.webSocket.compression.level, .integer(in: 1...9), "From fast (1) to small (9)."),
    Key(
      "websocket.compression.window_bits", \.serving.webSocket.compression.windowBits, .integer(in: 9...15),
      "The base-two logarithm of the window used for sending; each step doubles a socket's memory."),
    Key(
      "websocket.compression.minimum_size", \.serving.webSocket.compression.minimumSize,
      .size(in: ByteSize(bytes: 0) ... .mebibytes(1_024)), "Messages below this size are sent as they are."),
    Key(
      "websocket.compression.context_takeover", \.serving.webSocket.compression.contextTakeover, .boolean,
      "Whether a message may refer to earlier ones: smaller messages for more memory."),
  ]

  private static let streamKeys = [
    Key("streams.lease", \.streams.lease, .duration(in: moment...longestLease), "How long a stream stays alive unused."),
    Key(
      "streams.repeat_lease", \.streams.repeatLease, .duration(in: .zero...longestLease),
      "How long the key of an ended stream that is read with positions still answers repeats."),
    Key("streams.max_streams", \.streams.maximumStreams, .integer(in: 1...10_000_000), "Streams at a time, in all; 429 beyond."),
    Key(
      "streams.max_streams_per_client", \.streams.maximumStreamsPerClient, .integer(in: 1...10_000_000),
      "Streams at a time for each client address; 429 beyond."),
    Key("streams.max_batch", \.streams.maximumBatch, .integer(in: 1...1_000_000), "The most values that one pull may ask for."),
    Key(
      "streams.max_wait", \.streams.maximumWait, .duration(in: .zero ... .seconds(86_400)), "The longest wait that one pull may ask for."),
    Key(
      "streams.max_waiting_pulls", \.streams.maximumWaitingPulls, .integer(in: 1...1_000_000),
      "Pulls that may wait on one key at a time; 429 beyond."),
    Key(
      "streams.replay_values", \.streams.replayValues, .integer(in: 1...1_000_000),
      "Values given out that are kept for repeats ('after', 'Last-Event-ID')."),
    Key(
      "streams.replay_size", \.streams.replaySize, .size(in: ByteSize(bytes: 0)...largestInMemory),
      "The most bytes that are kept for repeats; the latest value is kept whatever its size."),
    Key(
      "streams.keep_alive_interval", \.streams.keepAliveInterval, .duration(in: moment ... .seconds(86_400)),
      "How often a silent server-sent event stream gets a comment that keeps it open."),
  ]

  private static let channelKeys = [
    Key("channels.history", \.channels.history, .integer(in: 0...1_000_000), "Messages that a channel keeps for those who come back."),
    Key(
      "channels.history_size", \.channels.historySize, .size(in: ByteSize(bytes: 0)...largestInMemory),
      "The most bytes of them; the latest message is kept whatever its size."),
    Key(
      "channels.message_size", \.channels.messageSize, .size(in: ByteSize(bytes: 1)...largestInMemory),
      "The largest payload of a message; 413 beyond."),
    Key(
      "channels.client_publish", \.channels.clientsMayPublish, .boolean, "Whether clients may publish to channels that no rule names."),
    Key("channels.max_channels", \.channels.maximumChannels, .integer(in: 1...10_000_000), "Channels at a time; 429 beyond."),
    Key(
      "channels.max_size", \.channels.maximumSize, .size(in: .kibibytes(1) ... .mebibytes(1 << 20)),
      "The messages of all channels together; 429 beyond."),
    Key(
      "channels.backlog_size", \.channels.backlogSize, .size(in: ByteSize(bytes: 0)...largestInMemory),
      "Up to how many bytes a channel keeps more than its history allows, until its subscribers were given it."),
    Key(
      "channels.keep_alive_interval", \.channels.keepAliveInterval, .duration(in: moment ... .seconds(86_400)),
      "How often silent server-sent events of channels get a comment that keeps them open."),
    Key(
      "channels.rules", \.channels.rules, .list(.channelRule),
      "Rules with the keys pattern, subscribe, publish, presence, history, history_size and message_size; the first that matches counts."),
  ]

  private static let taskKeys = [
    Key(
      "tasks.max_tasks", \.tasks.maximumTasks, .integer(in: 1...10_000_000),
      "Tasks at a time, those that wait for their next run included; 429 beyond."),
    Key(
      "tasks.kept_results", \.tasks.keptResults, .integer(in: 0...1_000_000),
      "Tasks that have ended and are still known by their name, with their result; beyond, the oldest are forgotten."),
    Key(
      "tasks.result_lease", \.tasks.resultLease, .duration(in: moment...longestLease),
      "How long a task that has ended is still known by its name."),
  ]

  private static let signalKeys = [
    Key("signals.waiters", \.signals.maximumWaiters, .integer(in: 1...10_000_000), "Waits at a time, over all names; 429 beyond."),
    Key("signals.name_size", \.signals.maximumNameSize, .integer(in: 1...4_096), "The most bytes of a signal's name."),
    Key(
      "signals.value_size", \.signals.maximumValueSize, .size(in: ByteSize(bytes: 4)...largestInMemory),
      "The largest value of a signal; 413 beyond."),
    Key("signals.kept", \.signals.maximumKept, .integer(in: 0...10_000_000), "Signals kept for those who wait later; 429 beyond."),
    Key(
      "signals.kept_size", \.signals.maximumKeptSize, .size(in: ByteSize(bytes: 0) ... .mebibytes(1 << 20)),
      "The values of all of them together; 429 beyond."),
    Key(
      "signals.max_timeout", \.signals.maximumTimeout, .duration(in: moment ... .seconds(86_400)),
      "The longest wait that a client may ask for."),
    Key(
      "signals.lease", \.signals.lease, .duration(in: moment ... .seconds(86_400)),
      "How long a signal is kept where its sender does not say."),
    Key("signals.client_send", \.signals.clientsMaySend, .boolean, "Whether clients may send signals; 403 otherwise."),
  ]

  private static let objectKeys = [
    Key(
      "interface.include_internals", \.objects.includesInternals, .boolean, "Whether members whose names begin with '_' are served."),
    Key(
      "interface.include_dunders", \.objects.includesDunders, .boolean,
      "Whether members whose names begin with '__' are served, where include_internals is on too."),
    Key(
      "interface.max_interface_depth", \.objects.maximumDepth, .integer(in: interfaceDepths),
      "Parts that a path may have behind the object's name, elements of values included."),
    Key(
      "interface.access_restricting_attributes", \.objects.restrictingMarks, .list(.name),
      "Marks: a member that carries one of them is not served."),
    Key("interface.source_access", \.objects.showsSource, .boolean, "Whether descriptions hold the source text of members."),
    Key(
      "func_caller.locking_default", \.objects.isLocking, .boolean,
      "Whether calls of one object run one at a time, where a member does not say."),
    Key(
      "func_caller.synchronous_default", \.objects.isSynchronous, .boolean,
      "Whether synchronous members run at once on the event loop, where a member does not say; they must be quick then."),
    Key(
      "func_caller.max_start_delay_default", \.objects.maxStartDelay, .duration(in: startDelays),
      "How long after its arrival a call may begin; 503 beyond, and it never runs."),
    Key(
      "func_caller.time_limit_default", \.objects.timeLimit, .optional(.duration(in: timeLimits)),
      "How long a call may run; 504 beyond. None: for ever."),
    Key(
      "func_caller.check_return_annotation_default", \.objects.checksReturn, .boolean,
      "Whether a member that returns a sequence never runs at once on the event loop, whatever it says."),
    Key(
      "synchronous_task_lock.max_workers", \.objects.maximumWorkers, .optional(.integer(in: 1...10_000)),
      "Calls that may run at a time, over all objects. None: four for each core."),
  ]

  private static let interfaceDepths = 0...64
  private static let startDelays = Duration.zero ... .seconds(86_400)
  private static let timeLimits = moment ... .seconds(30 * 86_400)

  private typealias InstanceKey = ConfigurationKey<ObjectOptions>

  /// The keys below each name of `instance_configs`.
  private static let instanceSchema = ConfigurationSchema<ObjectOptions>([
    InstanceKey("interface.include_internals", \.includesInternals, .optional(.boolean), "As the key of this name."),
    InstanceKey("interface.include_dunders", \.includesDunders, .optional(.boolean), "As the key of this name."),
    InstanceKey(
      "interface.max_interface_depth", \.maximumDepth, .optional(.integer(in: interfaceDepths)), "As the key of this name."),
    InstanceKey(
      "interface.access_restricting_attributes", \.restrictingMarks, .optional(.list(.name)), "As the key of this name."),
    InstanceKey("interface.source_access", \.showsSource, .optional(.boolean), "As the key of this name."),
    InstanceKey("func_caller.locking_default", \.isLocking, .optional(.boolean), "As the key of this name."),
    InstanceKey("func_caller.synchronous_default", \.isSynchronous, .optional(.boolean), "As the key of this name."),
    InstanceKey(
      "func_caller.max_start_delay_default", \.maxStartDelay, .optional(.duration(in: startDelays)), "As the key of this name."),
    InstanceKey("func_caller.time_limit_default", \.timeLimit, .optional(.duration(in: timeLimits)), "As the key of this name."),
    InstanceKey("func_caller.check_return_annotation_default", \.checksReturn, .optional(.boolean), "As the key of this name."),
  ])

  private static let perspectiveKeys = [
    Key(
      "perspective.path", \.perspective.path, .basePath,
      "Where the WebSocket of Perspective's clients is; empty for nowhere."),
    Key(
      "perspective.max_message_size", \.perspective.maximumMessageSize, .size(in: .kibibytes(1)...largestInMemory),
      "The largest message, which holds the whole data of a new table or an update; 1009 beyond."),
    Key(
      "perspective.client_tables", \.perspective.clientsMayMakeTables, .boolean, "Whether clients may make tables of their own."),
    Key(
      "perspective.max_tables", \.perspective.maximumTables, .integer(in: 0...1_000_000),
      "Tables at a time; a client's request for one more is refused."),
    Key(
      "perspective.max_views_per_session", \.perspective.maximumViewsPerSession, .integer(in: 1...1_000_000),
      "Views that a connection may have at a time; a request for one more is refused."),
    Key(
      "perspective.max_cells", \.perspective.maximumCells, .integer(in: 1...1_000_000_000),
      "Cells, rows times columns, that one answer may have; a request for more is refused."),
    Key(
      "perspective.namespaces", \.perspective.namespaces, .boolean,
      "Whether <path>/<namespace> gives a set of tables of its own, which begins empty."),
    Key(
      "perspective.max_namespaces", \.perspective.maximumNamespaces, .integer(in: 1...1_000_000), "Namespaces at a time; 429 beyond."),
    Key(
      "perspective.namespace_lease", \.perspective.namespaceLease, .duration(in: .zero...longestLease),
      "How long the tables of a namespace are kept without a connection to it."),
  ]

  private static let staticKeys = [
    Key(
      "static.folders", aliases: ["static"], \.site.folders, .folders,
      "Further folders, by the path they are served at, as in {/data: measurements}."),
    Key("static.homepage", \.site.homepage, .optional(.name), "Where / redirects when the root has no index.html."),
    Key(
      "static.listings", aliases: ["list_dir"], \.site.listings, .boolean,
      "Whether a directory without index.html shows what is in it."),
    Key(
      "static.cache_size", \.site.cacheSize, .size(in: ByteSize(bytes: 0) ... .mebibytes(1 << 20)),
      "Memory for the contents of small files; 0 turns the cache off."),
    Key(
      "static.cache_file_size", \.site.maximumCachedFileSize, .size(in: ByteSize(bytes: 0)...largestInMemory),
      "The largest file that is kept in memory."),
    Key(
      "static.revalidate_after", \.site.revalidateAfter, .duration(in: .zero ... .seconds(86_400)),
      "How long a cached file is served before the disk is asked whether it changed."),
    Key("static.cache_control", \.site.cacheControl, .name, "The Cache-Control header of files."),
    Key(
      "static.max_ranges", \.site.maximumRanges, .integer(in: 1...1_000), "Ranges of one request; more are answered with the whole file."),
  ]

  private static let uploadKeys = [
    Key(
      "upload.folders", \.uploads.folders, .folders,
      "Folders that take uploads, by the path they are reached at, as in {/uploads: uploads}."),
    Key(
      "upload.rules.accepted_filetypes", \.uploads.rules.acceptedTypes, .fileTypes,
      "Extensions of the files that are taken, such as [png, csv]; files must also be what their names say."),
    Key(
      "upload.rules.get_names_allowed", \.uploads.rules.areNamesListed, .boolean,
      "Whether a GET of the folder lists the names in it; 403 otherwise."),
    Key(
      "upload.rules.file_creation_whitelist", \.uploads.rules.creation, .list(.name),
      "Which files may be made: patterns for the whole path on this machine, in which * crosses /, as in '*/server/uploads/*.png'."),
    Key(
      "upload.rules.file_overwrite_whitelist", \.uploads.rules.overwriting, .list(.name),
      "Which files may be overwritten: patterns of the same kind."),
    Key(
      "upload.max_size", \.uploads.maximumSize, .size(in: ByteSize(bytes: 0) ... .mebibytes(1 << 24)), "The largest file; 413 beyond."),
    Key(
      "upload.quota", \.uploads.quota, .optional(.size(in: ByteSize(bytes: 0) ... .mebibytes(1 << 30))),
      "Bytes that a folder may hold in all, with what is being uploaded; 507 beyond."),
    Key("upload.max_files", \.uploads.maximumFiles, .integer(in: 1...10_000), "Files in one form; 413 beyond."),
    Key("upload.max_uploads", \.uploads.maximumUploads, .integer(in: 1...10_000), "Uploads received at a time; 429 beyond."),
    Key(
      "upload.max_unfinished", \.uploads.maximumUnfinished, .integer(in: 0...1_000_000),
      "Resumable uploads that are unfinished at a time in one folder; 429 beyond."),
    Key(
      "upload.tus_lease", \.uploads.lease, .duration(in: .seconds(1)...longestLease),
      "How long an unfinished resumable upload is kept since its last byte."),
    Key(
      "upload.idle_timeout", \.uploads.idleTimeout, .duration(in: moment ... .seconds(86_400)),
      "How long an upload may bring no byte; 408 beyond."),
  ]

  /// What configuration files of wispyobserver hold beside keys that other parts have too.
  private static let wispyobserverKeys = [
    Key(
      "instance_configs", \.objects.instances, .map(.record(instanceSchema, ObjectOptions())),
      "Settings of single objects: by the name of each, keys of interface and func_caller that hold for it alone."),
    Key(
      "add_attributes", \.addsAttributes, .boolean,
      "Taken from files of an older system, and without effect: properties are tracked where their class says so."),
    Key(
      "wispy_static_path", \.wispyStaticPath, .pathElement,
      "Where the scripts for pages of wispyobserver are served: one element of a path below the base path; empty for nowhere."),
    Key(
      "multiprocessed", \.wispyobserver.isMultiprocessed, .optional(.boolean),
      "Accepted without effect: all runs in one process, and a slow object does not hold up the others."),
    Key(
      "default_host", \.wispyobserver.defaultHost, .optional(.string),
      "Accepted without effect: requests are answered whatever host they name."),
  ]

  /// The shortest time-out that leaves a network time to answer at all.
  static let moment = Duration.milliseconds(10)
  static let longestLease = Duration.seconds(30 * 86_400)
  /// The most that one buffer may hold; NIO's indices end at 4 GiB.
  static let largestInMemory = ByteSize.mebibytes(2_048)
}
