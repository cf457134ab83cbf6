import HTTPTypes
import Tangor

/// The services that wait for the signal `abc`, and the one that sends it.
extension TangorApp {
  /// The example of cogen's users, a response that pauses until somebody sends a signal, and its neighbours.
  func addWaiting() throws {
    let longest = configuration.signals.maximumTimeout
    try services.add(
      "/wait", methods: ["GET"],
      options: .init(summary: "Waits for the signal `abc`, `timeout` at the most, in the middle of its response.")
    ) { [signals] request in
      let timeout = try request.waitingTime(upTo: longest)
      return .body(type: "text/html; charset=utf-8") { writer in
        try await writer.write("I'm waiting for some signal<br>")
        do {
          let message = try await signals.wait(for: "abc", timeout: timeout, as: String.self)
          try await writer.write("Someone signaled me with this message: \(message.htmlEscaped)")
        } catch let error as TangorError where error.code == .signalTimeout {
          try await writer.write("Your time is up !")
        }
      }
    }
    try services.add(
      "/wait/message", methods: ["GET"],
      options: .init(summary: "Waits for the signal `abc`, `timeout` at the most, and answers its message."),
      json: { [signals] request in
        ["message": try await signals.wait(for: "abc", timeout: try request.waitingTime(upTo: longest), as: String.self)]
      })
    try services.add("/send/**", methods: ["GET", "POST"], options: .init(summary: "Sends the signal `abc` with a message.")) {
      [signals] request in
      try signals.send("abc", request.rest.joined(separator: "/"))
      return .text("Done.", type: "text/html; charset=utf-8").header(.cacheControl, "no-store")
    }
  }
}

extension ServiceRequest {
  /// The parameter `timeout`, five seconds where it is not given.
  fileprivate func waitingTime(upTo longest: Duration) throws -> Duration {
    let text = try query("timeout", default: "5s")
    guard let time = Duration(parsing: text), time <= longest else {
      throw TangorError(
        .invalidParameters,
        "The parameter 'timeout' is a duration from 0s to \(longest.unitDescription), such as 5s; '\(text.prefix(40))' came.")
    }
    return time
  }
}
