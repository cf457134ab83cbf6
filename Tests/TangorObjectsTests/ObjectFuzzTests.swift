import TangorCore
import Testing

@testable import TangorObjects

/// The same numbers in each run.
private struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite struct ObjectFuzzTests {
  private static let names = [
    "vault", "open", "_internal", "__dunder", "admin", "marked", "list", "map", "point", "points", "maybe", "data", "node", "next",
    "value", "sum", "scale", "move", "_secret", "adminOnly", "range", "__proto__", "constructor", "prototype", "__class__", "self",
    "toString", "0", "1", "-1", "99999999999999999999", "x", "y", "\u{0}", "ä", "👩‍👩‍👧", " ", "canary", "interface",
  ]
  private static let separators = [".", ".", ".", "[", "]", "[\"", "\"]", "..", "", "[\"\\"]
  private static let values = [
    "null", "true", "1", "-1", "1e400", "123456789012345678901234567890", "0.1", "\"x\"", "\"_internal\"", "[]", "{}", "[1,2]", "[1,2,3]",
    "[[[[[[[[]]]]]]]]", #"{"a":1}"#, #"{"a":1,"b":2}"#, #"{"__proto__":{"x":1}}"#, #"{"x":1,"y":null}"#, #"[{"x":1}]"#,
    #"[9223372036854775807]"#,
    "\"AQL/\"", "[\"" + String(repeating: "a", count: 10_000) + "\"]",
    String(repeating: "[", count: 60) + String(repeating: "]", count: 60),
  ]

  @Test(arguments: 0..<8) func nothingHiddenIsReachedAndNothingTraps(seed: Int) async throws {
    var random = Seeded(state: UInt64(seed))
    let door = Door()
    let handle = try door.registry.expose(Vault(), as: "vault")
    var allowed: Set<ErrorCode> = [
      .objectNotFound, .notSettable, .notCallable, .notDeletable, .invalidParameters, .invalidRequest, .callFailed,
    ]
    allowed.insert(.canceled)
    let names = Set(allowed.map(\.name))
    for _ in 0..<1_500 {
      var path = random.next() % 8 == 0 ? "" : "vault"
      for _ in 0..<Int(random.next() % 7) {
        path += (Self.separators.randomElement(using: &random) ?? "") + (Self.names.randomElement(using: &random) ?? "")
      }
      if random.next() % 200 == 0 { path += String(repeating: ".node", count: 2_000) }
      let operations: [ObjectOperation] = [.get, .set, .call, .delete]
      let operation = operations.randomElement(using: &random) ?? .get
      let text = operation == .set || operation == .call ? Self.values.randomElement(using: &random) : nil
      let answer = door.askNow(operation, path, text) ?? ""
      #expect(!answer.contains("what nobody may see"), "\(operation) \(path)")
      if let code = answer.split(separator: ":").first, answer.contains(": "), !answer.hasPrefix("{"), !answer.hasPrefix("\"") {
        #expect(names.contains(String(code)), "\(operation) \(path): \(answer.prefix(200))")
      }
      #expect(!door.describe(path).contains("_internal\",\"kind"))
    }
    #expect(try await handle.use { $0.canary } == "what nobody may see")
  }
}
