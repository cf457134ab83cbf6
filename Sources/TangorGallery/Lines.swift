import Tangor

extension ServiceRegistry {
  /// Input and output at once: each line is answered when it has come, while the next is still being sent.
  func addLines() throws {
    let options = ServiceOptions(
      summary: "Answers each line of the body with its number and its length, as soon as it comes; the line 'fail' breaks the answer off.",
      // Lines may come now and then.
      body: .streamed(minimumRate: nil))
    try add("/lines", methods: ["POST"], options: options) { request in
      .body(type: "text/plain; charset=utf-8") { writer in
        var number = 0
        while let line = try await request.input.readLine() {
          number += 1
          if line == "fail" { throw TangorError(.serviceFailed, "Line \(number) asked for it.") }
          try await writer.write("\(number): \(line.count) characters\n")
        }
        try await writer.write("\(number) lines\n")
      }
    }
  }
}
