/// What all kinds of members have in common.
public protocol ExposedMember: Sendable {
  /// The class or actor that has the member.
  associatedtype Owner
  /// The member.
  var member: Member<Owner> { get set }
}

extension ExposedMember {
  func with(_ change: (inout MemberInfo) -> Void) -> Self {
    var copy = self
    change(&copy.member.info)
    return copy
  }

  /// The same member, for clients that have a role; for others it does not exist. It publishes to no channel.
  public func requires(_ role: String) -> Self { with { $0.role = role } }

  /// The same member with a mark. Members with a mark that `interface.access_restricting_attributes` names are not served.
  public func marked(_ mark: String) -> Self { with { $0.marks.insert(mark) } }

  /// The same member with its source text, which is described where `interface.source_access` is on.
  public func source(_ text: String) -> Self { with { $0.source = text } }
}

/// A member whose use runs code of its author.
public protocol CallableMember: ExposedMember {}

extension CallableMember {
  /// The same member, which runs while no other locking member of its object does; `func_caller.locking_default` holds otherwise.
  public func locking(_ isLocking: Bool = true) -> Self { with { $0.isLocking = isLocking } }

  /// The same member, which is quick and never blocks: it runs at once where the request arrived, on an event loop, and not on the pool
  /// of threads. `func_caller.synchronous_default` holds otherwise. It changes nothing for asynchronous members and those of actors.
  public func synchronous(_ isSynchronous: Bool = true) -> Self { with { $0.isSynchronous = isSynchronous } }

  /// The same member, which is described as one that throws no errors of its own.
  public func nonthrowing() -> Self { with { $0.canThrow = false } }

  /// The same member with a limit to how long it may run; `func_caller.time_limit_default` holds otherwise.
  ///
  /// Beyond it the caller is answered `timeout`. Asynchronous code is cancelled then; synchronous code cannot be, and keeps its place on
  /// the pool until it returns.
  public func timeLimit(_ limit: Duration) -> Self { with { $0.timeLimit = limit } }

  /// The same member with a limit to how long after its arrival a call may begin; `func_caller.max_start_delay_default` holds otherwise.
  ///
  /// Beyond it the caller is answered `call_not_started`, and the call never runs.
  public func maxStartDelay(_ delay: Duration) -> Self { with { $0.maxStartDelay = delay } }
}
