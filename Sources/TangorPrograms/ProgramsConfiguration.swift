public import TangorCore

/// The settings of programs.
public struct ProgramsConfiguration: Sendable, Hashable {
  /// VTK's programs.
  public var vtkweb = VTKWebConfiguration()
  /// Further kinds of programs, by name.
  public var kinds: [String: ProgramKind] = [:]
  /// The limits.
  public var limits = ProgramLimits()

  /// The defaults: no program can be started.
  public init() {}

  /// Whether any program can be started.
  package var isEnabled: Bool { vtkweb.vtkpython != nil || !kinds.isEmpty }
}

/// The limits of programs.
public struct ProgramLimits: Sendable, Hashable {
  /// Programs at a time. Default 16.
  public var maximumPrograms = 16
  /// Programs at a time for each client address. Default 8.
  public var maximumProgramsPerClient = 8
  /// Resident memory of a program and its children; one that has more is ended. Default none: unlimited.
  public var memory: ByteSize?
  /// How long a program may run. Default none: for ever.
  public var runTime: Duration?
  /// How long nobody may be connected to a program before it is ended. Default 10 min; none: for ever.
  public var idleTime: Duration? = .seconds(600)
  /// How long a program may take to end at SIGTERM before it is killed. Default 5 s.
  public var grace = Duration.seconds(5)
  /// Lines of a program's output that are kept. Default 1,000.
  public var logLines = 1_000
  /// Bytes of a program's output that are kept. Default 256 KiB.
  public var logSize = ByteSize.kibibytes(256)
  /// How long it is still told of a program that has ended. Default 5 min.
  public var endedLease = Duration.seconds(300)
  /// The largest message between a page and a program. Default 64 MiB.
  public var maximumMessageSize = ByteSize.mebibytes(64)

  /// The defaults.
  public init() {}

  /// Programs that have ended and are still told of; beyond, the oldest are forgotten.
  static let maximumEnded = 64
}
