import ArgumentParser
import Foundation
import Tangor

/// Runs a command's work; a failure is written to standard error for a person and ends the program.
///
/// The status is 64 when the command line itself is to blame, and 1 otherwise.
func reportingFailures(_ work: () async throws -> Void) async throws {
  do { try await work() } catch { try report(error) }
}

private func report(_ error: any Error) throws -> Never {
  switch error {
  case let error as ExitCode: throw error
  case let error as ConfigurationError:
    writeToStandardError(error.description)
    let isUsage = error.findings.allSatisfy { if case .flag = $0.place { true } else { false } }
    throw isUsage ? ExitCode.validationFailure : ExitCode.failure
  case is CancellationError: throw ExitCode.success
  default:
    writeToStandardError("tangor: \(error)")
    throw ExitCode.failure
  }
}

/// Writes a text to standard output at once, so that a program that waits for it sees it.
func printNow(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

private func writeToStandardError(_ text: String) {
  FileHandle.standardError.write(Data((text + "\n").utf8))
}
