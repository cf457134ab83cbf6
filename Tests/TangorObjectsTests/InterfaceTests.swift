import Foundation
import TangorCore
import TangorJSON
import TangorObjects
import Testing

final class Plain {
  @Tracked var b = "test"
  var a = 1
  var maybe: Int?
  let fixed = 2.5
  var inner = Inner()
  var spare: Inner?
  func sum(_ a: Int, _ b: Int) -> Int { a + b }
  func nothing() {}
  func count(to n: Int) -> AsyncStream<Int> { AsyncStream { $0.finish() } }
}

final class Inner: LiveObject {
  var depth = 1
  static let interface = Interface<Inner>("Inner.") {
    Property("depth", \.depth)
  }
}

extension Plain: LiveObject {
  static let interface = Interface<Plain>("A sample.") {
    Property("a", \.a, doc: "x").requires("admin")
    Property("maybe", \.maybe)
    Property("fixed", \.fixed)
    Property("b", tracked: \.$b)
    Property("now") { it in it.a + 1 }
    Property("double", get: { $0.a * 2 }, set: { $0.a = $1 / 2 })
    Object("inner", \.inner)
    Object("spare", \.spare)
    Method("sum", parameters: [.init("a", label: "_"), .init("b", default: 2)], doc: "") { (it: Plain, a: Int, b: Int) in it.sum(a, b) }
      .locking().synchronous().timeLimit(.seconds(2))
    Method("nothing") { it in it.nothing() }
    Method("range") { (it: Plain, n: Int) in stride(from: 0, to: n, by: 1) }
    Method("count") { (it: Plain, to: Int) in it.count(to: to) }
    Method("array") { (it: Plain) in [it.a] }
    Method("long") { (it: Plain, data: Data) -> Data in
      let x = it.a
      if x > 2 { throw CancellationError() }
      return data + Data([UInt8(x)])
    }
  }
}

final class Shared: Sendable, LiveObject {
  let tracked = TrackedValue([1, 2])
  func later(_ n: Int) async throws -> Int { n }
  static let interface = Interface<Shared> {
    Property("tracked", tracked: \.tracked)
    Method("later") { (it: Shared, n: Int) in try await it.later(n) }
    Method("wait") { (it: Shared) in await Task.yield() }
    Method("sync") { (it: Shared, a: Int) in a + 1 }
    Method("stream") { (it: Shared) async in AsyncStream<Int> { $0.finish() } }
  }
}

actor Counter: LiveActor {
  var count = 0
  @Tracked var c = [1]
  let inner = Inner()
  func add(_ n: Int) -> Int {
    count += n
    return count
  }
  func later(_ n: Int) async throws -> Int { n }
  static let interface = ActorInterface<Counter> {
    ActorProperty("count") { (it: isolated Counter) in it.count }
    ActorProperty("count2", get: { (it: isolated Counter) in it.count }, set: { (it: isolated Counter, n: Int) in it.count = n })
    ActorProperty("c", tracked: { (it: isolated Counter) in it.$c })
    ActorObject("inner") { (it: isolated Counter) in it.inner }
    ActorMethod("add", parameters: [.init("n")]) { (it: isolated Counter, n: Int) in it.add(n) }
    ActorMethod("later", parameters: [.init("n")]) { (it: isolated Counter, n: Int) in try await it.later(n) }
    ActorMethod("reset") { (it: isolated Counter) in it.count = 0 }
    ActorMethod("values") { (it: isolated Counter) in AsyncStream<Int> { $0.finish() } }
  }
}

struct InterfaceTests {
  private func kinds<O>(_ members: [Member<O>]) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: members.map { member in
        (member.info.name, "\(member.info.isAsync ? "async " : "")\(member.info.isStream ? "stream of " : "")\(member.info.type)")
      })
  }

  @Test func infersWhatClosuresAre() {
    let plain = kinds(Plain.interface.members)
    #expect(plain["sum"] == "Int")
    #expect(plain["nothing"] == "Void")
    #expect(plain["array"] == "[Int]")
    #expect(plain["long"] == "Data")
    #expect(plain["maybe"] == "Int?")
    #expect(plain["count"] == "stream of AsyncStream<Int>")
    #expect(plain["range"] == "stream of StrideTo<Int>")
    let shared = kinds(Shared.interface.members)
    #expect(shared["later"] == "async Int")
    #expect(shared["wait"] == "async Void")
    #expect(shared["sync"] == "Int")
    #expect(shared["stream"] == "async stream of AsyncStream<Int>")
    let counter = kinds(Counter.interface.members)
    #expect(counter["add"] == "Int")
    #expect(counter["later"] == "async Int")
    #expect(counter["reset"] == "Void")
    #expect(counter["values"] == "stream of AsyncStream<Int>")
  }
}
