import Foundation
import Synchronization
package import TangorCore
package import TangorJSON

/// The objects that pages may use, by name.
///
/// ```swift
/// let thermostat = try app.objects.expose(Thermostat(), as: "thermostat")
/// try await thermostat.use { $0.target = 19 }
/// ```
public final class ObjectRegistry: Sendable {
  /// Tells the value of a tracked property to a channel. Called with the property's lock held, in the order of the changes.
  package typealias Publish = @Sendable (_ channel: String, _ value: JSONFragment) -> Void

  private struct State {
    var objects: [String: ExposedObject] = [:]
    /// What a path leads to, for paths without elements that were used already.
    var targets: [String: ObjectTarget] = [:]
    var channels: [String: String] = [:]
    var observers: [String: [@Sendable () -> Void]] = [:]
  }

  /// The most paths whose targets are kept: more than a page's programmer writes, and little memory for one who makes them up.
  private static let maximumTargets = 10_000

  /// The settings.
  public let configuration: ObjectsConfiguration
  let runner: CallRunner
  let streams: (any ObjectStreams)?
  let publish: Publish?
  private let state = Mutex(State())

  /// Makes a registry without objects, streams and channels: what methods return as sequences is refused, and nothing is published.
  ///
  /// - Parameter configuration: Access rules and limits.
  public convenience init(configuration: ObjectsConfiguration = .init()) {
    self.init(configuration: configuration, streams: nil, publish: nil)
  }

  /// - Parameters:
  ///   - configuration: Access rules and limits.
  ///   - time: Where time comes from.
  ///   - streams: Where the sequences go that methods return.
  ///   - publish: Where the changes of tracked properties go.
  package init(
    configuration: ObjectsConfiguration, time: TimeSource = .continuous, streams: (any ObjectStreams)?, publish: Publish?
  ) {
    self.configuration = configuration
    self.streams = streams
    self.publish = publish
    let workers = configuration.maximumWorkers ?? ProcessInfo.processInfo.activeProcessorCount * 4
    runner = CallRunner(maximumWorkers: max(1, workers), time: time)
  }

  /// The names of the objects, sorted.
  public var names: [String] { state.withLock { $0.objects.keys.sorted() } }

  /// Takes an object back: pages find it no more, and its tracked properties publish no more. Calls that run go on.
  ///
  /// - Returns: Whether there was one.
  @discardableResult
  public func remove(_ name: String) -> Bool {
    let (found, observers) = state.withLock { state in
      state.targets = state.targets.filter { $0.value.object.name != name }
      state.channels = state.channels.filter { $0.value != name }
      return (state.objects.removeValue(forKey: name) != nil, state.observers.removeValue(forKey: name) ?? [])
    }
    for end in observers { end() }
    return found
  }

  /// How many objects there are, and how many calls run and wait for a place on the pool.
  public var statistics: (objects: Int, running: Int, waiting: Int) {
    let counts = runner.places.counts
    return (state.withLock { $0.objects.count }, counts.inside, counts.waiting)
  }

  // MARK: For the doors

  /// What a path leads to for a caller.
  ///
  /// - Throws: `object_not_found`, in the same words whatever the reason.
  func target(_ path: String, for caller: ObjectCaller) throws -> ObjectTarget {
    guard let target = target(path), target.allows(caller) else { throw TangorError.objectNotFound(path) }
    return target
  }

  private func target(_ path: String) -> ObjectTarget? {
    if let target = state.withLock({ $0.targets[path] }) { return target }
    guard let parsed = ObjectPath(path), let object = state.withLock({ $0.objects[parsed.object] }),
      let target = object.target(at: parsed)
    else { return nil }
    if target.elements.isEmpty {
      state.withLock { state in
        // The object may have been taken back meanwhile.
        guard state.objects[object.name] === object, state.targets.count < Self.maximumTargets else { return }
        state.targets[path] = target
      }
    }
    return target
  }

  // MARK: Exposing

  /// Adds an object whose tracked values are at hand.
  func add(_ object: ExposedObject, prefix: String, interface: [MemberInfo], tracked: [(name: String, source: any TrackedSource)]) throws {
    try check(interface, of: object.name)
    let channels = publish == nil ? [] : tracked.map { (channel: prefix + $0.name, source: $0.source) }
    try state.withLock { state in
      guard state.objects[object.name] == nil else {
        throw TangorError(.invalidRequest, "There is an object '\(object.name)' already.")
      }
      for (channel, _) in channels {
        guard let other = state.channels[channel] else { continue }
        throw TangorError(
          .invalidRequest,
          "The tracked property '\(channel)' of '\(object.name)' would publish to a channel that '\(other)' publishes to; expose one of "
            + "them with a channelPrefix.")
      }
      for (channel, _) in channels { state.channels[channel] = object.name }
      state.objects[object.name] = object
    }
    guard let publish else { return }
    let ends = channels.map { channel, source -> @Sendable () -> Void in
      let id = source.observe { publish(channel, $0) }
      return { source.removeObserver(id) }
    }
    let wasRemoved = state.withLock { state in
      guard state.objects[object.name] === object else { return true }
      state.observers[object.name] = ends
      return false
    }
    if wasRemoved { for end in ends { end() } }
  }

  func checkName(_ name: String) throws {
    let isGood =
      (1...128).contains(name.utf8.count)
      && name.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
    guard isGood else {
      throw TangorError(.invalidRequest, "An object's name is 1 to 128 letters, digits, '_' and '-'; '\(name.shownPath)' is not.")
    }
  }

  private func check(_ members: [MemberInfo], of object: String) throws {
    var names: Set<String> = []
    for member in members {
      let shown = "'\(object).\(member.name.shownPath)'"
      let first = member.name.unicodeScalars.first
      guard let first, first == "_" || first.properties.isXIDStart, member.name.unicodeScalars.allSatisfy(\.properties.isXIDContinue) else {
        throw TangorError(.invalidRequest, "\(shown) cannot be exposed: a member's name is written as Swift's names are.")
      }
      guard names.insert(member.name).inserted else { throw TangorError(.invalidRequest, "\(shown) is declared twice.") }
      if let problem = member.problem { throw TangorError(.invalidRequest, "\(shown) \(problem).") }
    }
  }
}
