/// How a child process ended.
package enum ChildEnding: Sendable, Hashable, CustomStringConvertible {
  /// It exited by itself with a status from 0 to 255.
  case exited(Int32)
  /// A signal of this number ended it.
  case signaled(Int32)

  /// The status as Python's `subprocess` counts it: signals are negative.
  package var returnCode: Int32 {
    switch self {
    case .exited(let status): status
    case .signaled(let signal): -signal
    }
  }

  /// Whether it exited with status 0.
  package var isSuccess: Bool { self == .exited(0) }

  package var description: String {
    switch self {
    case .exited(let status): "exited with status \(status)"
    case .signaled(let signal): "was ended by signal \(signal)"
    }
  }
}
