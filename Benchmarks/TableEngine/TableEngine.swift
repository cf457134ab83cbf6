import Glibc
import TangorTables

/// Measures the table engine alone, in one process and without a network.
///
/// ```
/// TableEngine write FILE [ROWS]     writes the rows that all engines are given, as an Arrow stream
/// TableEngine run FILE THREADS      prints the seconds of each case, the best of several rounds
/// TableEngine memory                prints what stays resident after a million updates and a thousand views
/// ```
@main
enum TableEngine {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch (arguments.first, arguments.count) {
    case ("write", 2...3):
      try File.write(try SampleRows.arrow(count: arguments.count == 3 ? Int(arguments[2]) ?? 1_000_000 : 1_000_000), to: arguments[1])
    case ("run", 3...4):
      let threads = Int(arguments[2]) ?? 1
      let only = arguments.count == 4 ? arguments[3] : ""
      try Parallelism.$current.withValue(Parallelism(threads: threads)) {
        try EngineCases(File.read(arguments[1])).run(only: only)
      }
    case ("memory", 1): try MemoryCase.run()
    default:
      print("Usage: TableEngine write FILE [ROWS] | run FILE THREADS [CASE] | memory")
      exit(2)
    }
  }
}

/// Whole files.
enum File {
  struct Failure: Error { let path: String }

  static func read(_ path: String) throws -> Vector<UInt8> {
    guard let file = fopen(path, "rb") else { throw Failure(path: path) }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    let size = ftell(file)
    rewind(file)
    return try Vector<UInt8>(count: size) { memory in
      guard fread(memory.baseAddress, 1, size, file) == size else { throw Failure(path: path) }
    }
  }

  static func write(_ bytes: [UInt8], to path: String) throws {
    guard let file = fopen(path, "wb") else { throw Failure(path: path) }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Failure(path: path) }
  }
}
