extension TaskRegistry {
  /// As ``start(_:priority:restart:_:)-(_,_,_,(TaskContext)->Void)``, for code that does not ask which run it is.
  @discardableResult
  public func start(
    _ name: String, priority: TaskPriority? = nil, restart: TaskRestart = .never, _ body: @escaping @Sendable () async throws -> Void
  ) throws -> TaskHandle<Void> {
    try start(name, priority: priority, restart: restart) { (_: TaskContext) in try await body() }
  }

  /// As ``every(_:_:startsAtOnce:jitter:catchUp:priority:_:)-(_,_,_,_,_,_,(TaskContext)->Void)``, for code that does not ask which run it
  /// is.
  @discardableResult
  public func every(
    _ interval: Duration, _ name: String, startsAtOnce: Bool = false, jitter: Duration = .zero, catchUp: TaskCatchUp = .skip,
    priority: TaskPriority? = nil, _ body: @escaping @Sendable () async throws -> Void
  ) throws -> TaskHandle<Void> {
    try every(interval, name, startsAtOnce: startsAtOnce, jitter: jitter, catchUp: catchUp, priority: priority) { (_: TaskContext) in
      try await body()
    }
  }
}
