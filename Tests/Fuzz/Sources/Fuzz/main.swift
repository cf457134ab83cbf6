import Dispatch
import Foundation

@testable import Targets

// fuzz TARGET --seeds FOLDER     writes the bytes to begin with
// fuzz TARGET [OPTIONS] [FOLDERS] runs libFuzzer with its own options

private typealias TestOneInput = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: TestOneInput
) -> CInt

guard let target = CommandLine.arguments.dropFirst().first.flatMap(FuzzTarget.init(rawValue:)) else {
  print("usage: fuzz \(FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")) [--seeds FOLDER | libFuzzer's options]")
  exit(2)
}

if CommandLine.arguments.count == 4, CommandLine.arguments[2] == "--seeds" {
  let folder = URL(filePath: CommandLine.arguments[3], directoryHint: .isDirectory)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  for (number, seed) in target.seeds.enumerated() { try Data(seed).write(to: folder.appending(path: "seed-\(number)")) }
  exit(0)
}

/// The fuzzer calls from its own thread and wants its answer there.
private let chosen = target
private let test: TestOneInput = { start, count in
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let done = DispatchSemaphore(value: 0)
  Task.detached {
    // The fuzzer knows a finding by the end of the process.
    do { try await chosen.run(bytes) } catch { fatalError("\(error)") }
    done.signal()
  }
  done.wait()
  return 0
}

var arguments: [UnsafeMutablePointer<CChar>?] = ([CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(2)).map { strdup($0) } + [nil]
var count = CInt(arguments.count - 1)
let status = arguments.withUnsafeMutableBufferPointer { buffer in
  var start = buffer.baseAddress!
  return withUnsafeMutablePointer(to: &start) { runDriver(&count, $0, test) }
}
exit(status)
