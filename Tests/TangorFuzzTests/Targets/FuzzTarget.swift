/// A piece of code that takes foreign bytes, to be tried with any bytes at all.
///
/// The tests of every run and the fuzzer in `Tests/Fuzz` share these. Bytes may be refused; what must not happen is a trap, an answer that
/// contradicts another one, or work without end.
enum FuzzTarget: String, CaseIterable, Sendable {
  /// Streams and files of Arrow, compressed or not.
  case arrow
  /// CSV as a whole and in blocks.
  case csv
  /// Rows, columns and lines of JSON.
  case json
  /// Regular expressions of filters.
  case pattern
  /// Messages to a session, as bytes: each behind its length in two bytes.
  case messages
  /// Valid requests to a session that ask for whatever the bytes choose.
  case requests

  /// Tries bytes.
  ///
  /// - Throws: ``FuzzFailure`` when what came out is wrong.
  func run(_ bytes: [UInt8]) async throws {
    switch self {
    case .arrow: try ArrowFuzzing.run(bytes)
    case .csv: try CSVFuzzing.run(bytes)
    case .json: try JSONFuzzing.run(bytes)
    case .pattern: try PatternFuzzing.run(bytes)
    case .messages: try await SessionFuzzing.run(messages: bytes)
    case .requests: try await SessionFuzzing.run(choices: bytes)
    }
  }

  /// Bytes to begin with, which are understood.
  var seeds: [[UInt8]] {
    switch self {
    case .arrow: ArrowFuzzing.seeds
    case .csv: CSVFuzzing.seeds
    case .json: JSONFuzzing.seeds
    case .pattern: PatternFuzzing.seeds
    case .messages: SessionFuzzing.messageSeeds
    case .requests: SessionFuzzing.choiceSeeds
    }
  }
}

/// What a target found to be wrong.
struct FuzzFailure: Error, CustomStringConvertible {
  let description: String

  static func unless(_ isRight: Bool, _ description: @autoclosure () -> String) throws {
    if !isRight { throw FuzzFailure(description: description()) }
  }
}
