/// What pages may reach of exposed objects, and how their calls run. Each setting has an equal in ``ObjectOptions`` for one object.
public struct ObjectsConfiguration: Sendable, Hashable {
  /// Whether members whose names begin with `_` are served. Default false.
  public var includesInternals = false
  /// Whether members whose names begin with `__` are served, where `includesInternals` is on too. Default false.
  public var includesDunders = false
  /// How many parts a path may have behind the object's name, elements of values included. Default 4.
  public var maximumDepth = 4
  /// Marks whose members are not served. Default `interface_access_restricted`.
  public var restrictingMarks = ["interface_access_restricted"]
  /// Whether descriptions hold the source text of members. Default false.
  public var showsSource = false
  /// Whether calls of one object run one at a time where a member does not say. Default false.
  public var isLocking = false
  /// Whether synchronous members run at once on the event loop where a member does not say. Default false: on the pool of threads.
  public var isSynchronous = false
  /// How long after its arrival a call may begin. Default 3 s.
  public var maxStartDelay = Duration.seconds(3)
  /// How long a call may run. Default `nil`: for ever.
  public var timeLimit: Duration?
  /// Whether a member that returns a sequence never runs at once on the event loop, whatever it says. Default true.
  public var checksReturn = true
  /// How many calls may run at a time, over all objects. Default `nil`: four for each core.
  public var maximumWorkers: Int?
  /// Settings of single objects, by the name that they are exposed under. They win over those that the code gives.
  public var instances: [String: ObjectOptions] = [:]

  public init() {}
}

/// Settings of one exposed object; what is `nil` is as ``ObjectsConfiguration`` says.
public struct ObjectOptions: Sendable, Hashable {
  /// Whether members whose names begin with `_` are served.
  public var includesInternals: Bool?
  /// Whether members whose names begin with `__` are served, where `includesInternals` is on too.
  public var includesDunders: Bool?
  /// How many parts a path may have behind the object's name, elements of values included.
  public var maximumDepth: Int?
  /// Marks whose members are not served.
  public var restrictingMarks: [String]?
  /// Whether descriptions hold the source text of members.
  public var showsSource: Bool?
  /// Whether calls run one at a time where a member does not say.
  public var isLocking: Bool?
  /// Whether synchronous members run at once on the event loop where a member does not say.
  public var isSynchronous: Bool?
  /// How long after its arrival a call may begin.
  public var maxStartDelay: Duration?
  /// How long a call may run.
  public var timeLimit: Duration?
  /// Whether a member that returns a sequence never runs at once on the event loop.
  public var checksReturn: Bool?
  /// What stands before the names of the channels of tracked properties, as in `room1/`. Not for the configuration file.
  public var channelPrefix = ""

  /// - Parameter channelPrefix: What stands before the names of the channels of tracked properties, as in `room1/`.
  public init(channelPrefix: String = "") { self.channelPrefix = channelPrefix }
}

/// The settings of one object after all have had their say.
package struct ObjectSettings: Sendable {
  package var includesInternals: Bool
  package var includesDunders: Bool
  package var maximumDepth: Int
  package var restrictingMarks: Set<String>
  package var showsSource: Bool
  package var isLocking: Bool
  package var isSynchronous: Bool
  package var maxStartDelay: Duration
  package var timeLimit: Duration?
  package var checksReturn: Bool

  /// - Parameters:
  ///   - configuration: What holds for all.
  ///   - options: What the code says about this object.
  ///   - instance: What the configuration says about this object.
  package init(_ configuration: ObjectsConfiguration, _ options: ObjectOptions, instance: ObjectOptions?) {
    func pick<Value>(_ path: KeyPath<ObjectOptions, Value?>, _ general: Value) -> Value {
      instance?[keyPath: path] ?? options[keyPath: path] ?? general
    }
    includesInternals = pick(\.includesInternals, configuration.includesInternals)
    includesDunders = pick(\.includesDunders, configuration.includesDunders)
    maximumDepth = pick(\.maximumDepth, configuration.maximumDepth)
    restrictingMarks = Set(pick(\.restrictingMarks, configuration.restrictingMarks))
    showsSource = pick(\.showsSource, configuration.showsSource)
    isLocking = pick(\.isLocking, configuration.isLocking)
    isSynchronous = pick(\.isSynchronous, configuration.isSynchronous)
    maxStartDelay = pick(\.maxStartDelay, configuration.maxStartDelay)
    timeLimit = instance?.timeLimit ?? options.timeLimit ?? configuration.timeLimit
    checksReturn = pick(\.checksReturn, configuration.checksReturn)
  }

  /// Whether a member is served at all. Roles are asked apart, because they depend on the caller.
  func serves(_ member: MemberInfo) -> Bool {
    if member.name.hasPrefix("__") {
      guard includesInternals, includesDunders else { return false }
    } else if member.name.hasPrefix("_") {
      guard includesInternals else { return false }
    }
    return member.marks.isDisjoint(with: restrictingMarks)
  }
}
