import Tangor

extension ServiceRegistry {
  func addTicks() throws {
    try add("/ticks", options: .init(summary: "Counts from 1, a number each time `every` has passed.")) { request in
      let text = try request.query("every", default: "1s")
      guard let interval = Duration(parsing: text), interval >= .milliseconds(1), interval <= .seconds(3_600) else {
        throw TangorError(
          .invalidParameters, "The parameter 'every' must be a duration from 1ms to 1h, such as 250ms; '\(text.prefix(40))' came.")
      }
      return .stream(
        generate(Int.self) { output in
          var count = 0
          while true {
            try await Task.sleep(for: interval)
            count += 1
            try await output.yield(count)
          }
        })
    }
  }
}
