import TangorCore
import TangorPrograms

extension TangorConfiguration {
  private typealias Key = ConfigurationKey<TangorConfiguration>

  /// The keys of programs, but for the kinds themselves.
  static let programKeys = [
    Key(
      "vtkweb.vtkpython", aliases: ["vtkpython"], \.programs.vtkweb.vtkpython, .optional(.program),
      "The Python interpreter that has VTK, by name or path; none when VTK's programs cannot be started."),
    Key("vtkweb.folders", \.programs.vtkweb.folders, .list(.path), "The folders from which VTK's scripts are started."),
    Key(
      "vtkweb.environment", \.programs.vtkweb.environment, .map(.string), "Variables that are added to the server's own environment."),
    Key(
      "vtkweb.timeout", \.programs.vtkweb.timeout, .duration(in: .milliseconds(100) ... .seconds(3_600)),
      "How long a script may take to become ready, where a client does not say."),
    Key("program_limits.max_programs", \.programs.limits.maximumPrograms, .integer(in: 0...10_000), "Programs at a time; 429 beyond."),
    Key(
      "program_limits.max_programs_per_client", \.programs.limits.maximumProgramsPerClient, .integer(in: 1...10_000),
      "Programs at a time for each client address; 429 beyond."),
    Key(
      "program_limits.memory", \.programs.limits.memory, .optional(.size(in: .mebibytes(1) ... .mebibytes(1 << 24))),
      "Resident memory of a program with its children; one that has more is ended. None: unlimited."),
    Key(
      "program_limits.run_time", \.programs.limits.runTime, .optional(.duration(in: .seconds(1)...longestLease)),
      "How long a program may run. None: for ever."),
    Key(
      "program_limits.idle_time", \.programs.limits.idleTime, .optional(.duration(in: .seconds(1)...longestLease)),
      "How long nobody may be connected to a program before it is ended. None: for ever."),
    Key(
      "program_limits.grace", \.programs.limits.grace, .duration(in: .zero ... .seconds(3_600)),
      "How long a program may take to end at SIGTERM before it is killed."),
    Key("program_limits.log_lines", \.programs.limits.logLines, .integer(in: 1...1_000_000), "Lines of a program's output that are kept."),
    Key(
      "program_limits.log_size", \.programs.limits.logSize, .size(in: .kibibytes(1) ... .mebibytes(1_024)),
      "Bytes of a program's output that are kept."),
    Key(
      "program_limits.ended_lease", \.programs.limits.endedLease, .duration(in: .zero...longestLease),
      "How long it is still told of a program that has ended."),
    Key(
      "program_limits.max_message_size", \.programs.limits.maximumMessageSize, .size(in: .kibibytes(1)...largestInMemory),
      "The largest message between a page and a program; 1009 beyond."),
  ]
}
