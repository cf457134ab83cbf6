/// Whom to call when a client has gone.
struct GoneHandlers {
  private var handlers: [Int: @Sendable () -> Void] = [:]
  private var last = 0

  /// - Returns: What ``remove(_:)`` takes.
  mutating func add(_ handler: @escaping @Sendable () -> Void) -> Int {
    last += 1
    handlers[last] = handler
    return last
  }

  mutating func remove(_ id: Int) { handlers[id] = nil }

  /// Takes them all out.
  mutating func takeAll() -> [@Sendable () -> Void] {
    defer { handlers = [:] }
    return Array(handlers.values)
  }
}
