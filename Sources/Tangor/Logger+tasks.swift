import Logging
import TangorCore

extension Logger {
  /// Tells of a task's run that failed.
  func report(_ failure: TaskFailure) {
    var metadata: Metadata = ["task": "\(failure.name)", "run": "\(failure.run)", "error": "\(failure.error)"]
    if let wait = failure.retryIn { metadata["retry"] = "\(wait.unitDescription)" }
    error("A task failed", metadata: metadata)
  }
}
