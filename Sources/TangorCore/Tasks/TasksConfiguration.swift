/// The settings of tasks.
public struct TasksConfiguration: Sendable {
  /// Tasks at a time, those that wait for their next run included; 429 beyond. Default 10,000.
  public var maximumTasks = 10_000
  /// Tasks that have ended and are still known by their name, with their result; the oldest are forgotten. Default 1,000.
  public var keptResults = 1_000
  /// How long a task that has ended is still known by its name. Default 5 min.
  public var resultLease = Duration.seconds(300)

  /// The defaults.
  public init() {}
}
