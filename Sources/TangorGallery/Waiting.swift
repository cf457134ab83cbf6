import HTTPTypes
import Tangor

extension TangorApp {
  /// The example of cogen's users: a response that pauses until somebody sends a signal.
  func addWaiting() throws {
    try services.add("/wait", methods: ["GET"], options: .init(summary: "Waits for the signal `abc` in the middle of its response.")) {
      [signals] _ in
      .body(type: "text/html; charset=utf-8") { writer in
        try await writer.write("I'm waiting for some signal<br>")
        do {
          let message = try await signals.wait(for: "abc", timeout: .seconds(5), as: String.self)
          try await writer.write("Someone signaled me with this message: \(message.htmlEscaped)")
        } catch let error as TangorError where error.code == .signalTimeout {
          try await writer.write("Your time is up !")
        }
      }
    }
    try services.add("/send/**", methods: ["GET", "POST"], options: .init(summary: "Sends the signal `abc` with a message.")) {
      [signals] request in
      try signals.send("abc", request.rest.joined(separator: "/"))
      return .text("Done.", type: "text/html; charset=utf-8").header(.cacheControl, "no-store")
    }
  }
}
