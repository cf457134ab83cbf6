import TangorJSON
import TangorObjects

/// What a call of an exposed object costs without a network: JSON arguments in, JSON result out.
@main
enum ObjectDispatch {
  final class Adder: LiveObject, Sendable {
    static let interface = Interface<Adder> {
      Method("sum", parameters: [.init("a"), .init("b")]) { (_: Adder, a: Int, b: Int) in a &+ b }.synchronous()
      Property("constant") { (_: Adder) in 7 }.synchronous()
    }
  }

  final class Guarded: LiveObject {
    var value = 1
    static let interface = Interface<Guarded> {
      Method("sum", parameters: [.init("a"), .init("b")]) { (_: Guarded, a: Int, b: Int) in a &+ b }.synchronous()
      Property("value", \.value)
    }
  }

  static func main() throws {
    let registry = ObjectRegistry()
    try registry.expose(Adder(), as: "adder")
    try registry.expose(Guarded(), as: "guarded")
    let caller = ObjectCaller(address: "127.0.0.1")
    try measure("call of a Sendable class, sum(4, 5)", registry, .call, "adder.sum", "[4,5]", caller)
    try measure("call of a Sendable class, by name", registry, .call, "adder.sum", #"{"a":4,"b":5}"#, caller)
    try measure("call under the gate, sum(4, 5)", registry, .call, "guarded.sum", "[4,5]", caller)
    try measure("get under the gate", registry, .get, "guarded.value", nil, caller)
    try measure("set under the gate", registry, .set, "guarded.value", "12", caller)
  }

  private static func measure(
    _ title: String, _ registry: ObjectRegistry, _ operation: ObjectOperation, _ path: String, _ text: String?, _ caller: ObjectCaller
  ) throws {
    let count = 1_000_000
    let bytes = text.map { Array($0.utf8) } ?? []
    var best = Duration.seconds(1_000)
    for _ in 0..<5 {
      var out = JSONWriter(capacity: 64)
      let time = try ContinuousClock().measure {
        for _ in 0..<count {
          out.bytes.removeAll(keepingCapacity: true)
          _ = try bytes.withUnsafeBytes { buffer in
            try registry.begin(operation, path, text == nil ? nil : buffer, caller: caller, into: &out)
          }
        }
      }
      best = min(best, time)
    }
    print("\(title): \((best / count).components.attoseconds / 1_000_000_000) ns")
  }
}
