import Foundation
import TangorCore
import TangorJSON
import Testing

@testable import TangorObjects

struct Point: Codable, Sendable, Equatable {
  var x = 1
  var y: Int?
}

/// An object with members that must not be reached: each would give or change `canary`.
final class Vault: LiveObject {
  var open = 1
  var canary = "what nobody may see"
  var list = [1, 2, 3]
  var map = ["one": 1]
  var point = Point()
  var points = [Point(), Point(x: 5)]
  var maybe: Int?
  var data = Data([1, 2, 255])
  let constant = 7
  var node: Node? = Node()

  final class Node: LiveObject {
    var value = 1
    var next: Node?
    static let interface = Interface<Node> {
      Property("value", \.value)
      Object("next", \.next)
    }
  }

  static let interface = Interface<Vault>("Keeps things.") {
    Property("open", \.open, doc: "Open to all.").source("var open = 1")
    Property("_internal", \.canary)
    Property("__dunder", \.canary)
    Property("admin", \.canary).requires("admin")
    Property("marked", \.canary).marked("interface_access_restricted")
    Property("list", \.list)
    Property("map", \.map)
    Property("point", \.point)
    Property("points", \.points)
    Property("maybe", \.maybe)
    Property("data", \.data)
    Property("constant", \.constant)
    Property("fixed", \.open).readOnly()
    Object("node", \.node)
    Method("sum", parameters: [.init("a", label: "_"), .init("b", default: 2)]) { (_: Vault, a: Int, b: Int) in a + b }.synchronous()
    Method("scale", parameters: [.init("by", default: 2)]) { (_: Vault, by: Double) in by * 2 }.synchronous()
    Method("move", parameters: [.init("to")]) { (it: Vault, to: Point) in
      it.point = to
      return to
    }.synchronous()
    Method("fail") { (_: Vault) -> Int in throw Broken() }.synchronous()
    Method("_secret") { (it: Vault) in it.canary }
    Method("adminOnly") { (it: Vault) in it.canary }.requires("admin").synchronous()
    Method("range", parameters: [.init("to")]) { (_: Vault, to: Int) in stride(from: 0, to: to, by: 1) }
    Method("later") { (_: Vault) in AsyncStream<Int> { $0.finish() } }
  }

  struct Broken: Error {}
}

@Suite struct AccessTests {
  private func vault(_ change: (inout ObjectsConfiguration) -> Void = { _ in }) throws -> Door {
    let door = Door(change)
    try door.registry.expose(Vault(), as: "vault")
    return door
  }

  @Test(arguments: [
    "vault._internal", "vault.__dunder", "vault.admin", "vault.marked", "vault.missing", "vault._secret", "vault.adminOnly",
    "vault.open.x", "vault.__proto__", "vault.constructor", "vault.list.3", "vault.list[3]", "vault.list.-1", "vault.list.00",
    "vault.list[\"0\"]", "vault.map[0]", "vault.point.z", "vault.sum.x", "vault.sum[0]", "vault.node.next.next.next.value", "missing",
    "missing.a", "", ".", "vault.", ".vault", "vault..open", "vault[", "vault[]",
    "vault[\"open\"]", "vault.open ", " vault.open", "vault.list[0", "vault.list[\"", "vault.map[\"one]", "vault.\u{0}", "__proto__",
    "vault.list[99999999999999999999]", "vault.toString", "VAULT.open", "vault/open", "vault.map.one.two.three.four",
  ])
  func whatIsHiddenMissingOrMalformedIsAnsweredAlike(path: String) async throws {
    let door = try vault()
    let refusal = "object_not_found: There is no '\(path)'."
    for operation in [ObjectOperation.get, .set, .call, .delete] where path.isEmpty == false || operation == .get {
      let text = operation == .set ? "1" : operation == .call ? "[]" : nil
      let answer = await door.ask(operation, path, text)
      #expect(answer == refusal, "\(operation.rawValue) \(path)")
    }
    if !["vault.list", "vault.map", "vault.point"].contains(where: path.hasPrefix) { #expect(door.describe(path) == refusal) }
  }

  @Test func whatIsNotThereNowIsNotFound() throws {
    let door = try vault()
    #expect(door.askNow(.get, "vault.node.next.value") == "object_not_found: There is no 'vault.node.next.value'.")
    #expect(door.askNow(.set, "vault.node.next.value", "1") == "object_not_found: There is no 'vault.node.next.value'.")
    #expect(door.askNow(.get, "vault.map.two") == "object_not_found: There is no 'vault.map.two'.")
    #expect(door.askNow(.delete, "vault.map.two") == "object_not_found: There is no 'vault.map.two'.")
    #expect(door.askNow(.set, "vault.map.two", "2") == "null", "an entry of a dictionary is made by setting it")
  }

  @Test func longPathsAreCutInMessages() async throws {
    let path = "vault." + String(repeating: "x", count: 100_000)
    let door = try vault()
    #expect(await door.ask(.get, path) == "object_not_found: There is no '\(path.prefix(200))…'.")
  }

  @Test func rolesOpenWhatRequiresThem() async throws {
    let door = try vault()
    #expect(await door.ask(.get, "vault.admin", roles: ["admin"]) == "\"what nobody may see\"")
    #expect(await door.ask(.call, "vault.adminOnly", roles: ["user", "admin"]) == "\"what nobody may see\"")
    #expect(await door.ask(.get, "vault.admin", roles: ["user"]).hasPrefix("object_not_found"))
    #expect(!door.describe("vault").contains("admin"))
    #expect(door.describe("vault", roles: ["admin"]).contains("\"admin\""))
    #expect(door.describe("vault.admin").hasPrefix("object_not_found"))
  }

  @Test func configurationOpensAndClosesForOneObject() async throws {
    let door = try vault { configuration in
      configuration.includesInternals = true
      var other = ObjectOptions()
      other.includesDunders = true
      other.restrictingMarks = []
      configuration.instances["other"] = other
    }
    try door.registry.expose(Vault(), as: "other")
    #expect(await door.ask(.get, "vault._internal") == "\"what nobody may see\"")
    #expect(await door.ask(.get, "vault.__dunder").hasPrefix("object_not_found"))
    #expect(await door.ask(.get, "vault.marked").hasPrefix("object_not_found"))
    #expect(await door.ask(.get, "other.__dunder") == "\"what nobody may see\"")
    #expect(await door.ask(.get, "other.marked") == "\"what nobody may see\"")
    let alone = try vault { $0.includesDunders = true }
    #expect(await alone.ask(.get, "vault.__dunder").hasPrefix("object_not_found"), "dunders need internals too")
  }

  @Test func theDepthOfPathsIsLimited() async throws {
    let door = try vault { $0.maximumDepth = 1 }
    #expect(await door.ask(.get, "vault.open") == "1")
    #expect(await door.ask(.get, "vault.list.0").hasPrefix("object_not_found"))
    #expect(await door.ask(.get, "vault.node.value").hasPrefix("object_not_found"))
    #expect(!door.describe("vault").contains("\"value\""), "what cannot be reached is not described")
    let deep = try vault()
    #expect(await deep.ask(.get, "vault.node.value") == "1")
  }

  @Test func getsSetsAndDeletes() async throws {
    let door = try vault()
    #expect(door.askNow(.get, "vault.open") == "1")
    #expect(door.askNow(.set, "vault.open", "2") == "null")
    #expect(door.askNow(.get, "vault.open") == "2")
    #expect(door.askNow(.set, "vault.maybe", "5") == "null")
    #expect(door.askNow(.delete, "vault.maybe") == "null")
    #expect(door.askNow(.get, "vault.maybe") == "null")
    #expect(door.askNow(.get, "vault.data") == "\"AQL/\"")
    #expect(door.askNow(.set, "vault.data", "\"AAE=\"") == "null")
    #expect(door.askNow(.get, "vault.data") == "\"AAE=\"")
    #expect(door.askNow(.set, "vault.node.value", "9") == "null")
    #expect(door.askNow(.get, "vault.node.value") == "9")
  }

  @Test func refusesWhatAMemberIsNotFor() throws {
    let door = try vault()
    #expect(door.askNow(.set, "vault.constant", "1") == "not_settable: 'vault.constant' is read-only.")
    #expect(door.askNow(.set, "vault.fixed", "1") == "not_settable: 'vault.fixed' is read-only.")
    #expect(door.askNow(.set, "vault.sum", "1")?.hasPrefix("not_settable") == true)
    #expect(door.askNow(.set, "vault", "1")?.hasPrefix("not_settable") == true)
    #expect(door.askNow(.call, "vault.open") == "not_callable: 'vault.open' is a property, so it cannot be called.")
    #expect(door.askNow(.call, "vault") == "not_callable: 'vault' is an object, so it cannot be called.")
    #expect(door.askNow(.delete, "vault.open")?.hasPrefix("not_deletable") == true)
    #expect(door.askNow(.delete, "vault.sum")?.hasPrefix("not_deletable") == true)
    #expect(door.askNow(.delete, "vault.list.0")?.hasPrefix("not_deletable") == true)
    #expect(door.askNow(.delete, "vault.point.x")?.hasPrefix("not_deletable") == true)
    #expect(door.askNow(.get, "vault.sum") == "invalid_request: 'vault.sum' is a method; object.call calls it.")
    #expect(
      door.askNow(.set, "vault.open", "\"x\"") == "invalid_parameters: The value must be of type Int: expected an integer, found a string.")
  }

  @Test func reachesElements() throws {
    let door = try vault()
    #expect(door.askNow(.get, "vault.list.1") == "2")
    #expect(door.askNow(.get, "vault.list[2]") == "3")
    #expect(door.askNow(.set, "vault.list[0]", "10") == "null")
    #expect(door.askNow(.get, "vault.list") == "[10,2,3]")
    #expect(door.askNow(.set, "vault.list[0]", "\"x\"")?.hasPrefix("invalid_parameters") == true)
    #expect(door.askNow(.set, "vault.map[\"any key.\"]", "4") == "null")
    #expect(door.askNow(.get, "vault.map[\"any key.\"]") == "4")
    #expect(door.askNow(.delete, "vault.map.one") == "null")
    #expect(door.askNow(.get, "vault.map") == #"{"any key.":4}"#)
    #expect(door.askNow(.set, "vault.points[1].y", "3") == "null")
    #expect(door.askNow(.get, "vault.points[1]") == #"{"x":5,"y":3}"#)
    #expect(door.askNow(.delete, "vault.points[1].y") == "null")
    #expect(door.askNow(.get, "vault.points[1]") == #"{"x":5}"#)
    #expect(door.askNow(.set, "vault.map.__proto__", "1") == "null", "a key of a dictionary is data and nothing else")
  }

  @Test(arguments: [
    ("vault.sum", "[4,5]", "9"), ("vault.sum", "[4]", "6"), ("vault.sum", #"{"a":4}"#, "6"), ("vault.sum", #"{"b":1,"a":4}"#, "5"),
    ("vault.sum", "[]", "invalid_parameters: The argument 'a' (Int) is missing."),
    ("vault.sum", "{}", "invalid_parameters: The argument 'a' (Int) is missing."),
    ("vault.sum", "[1,2,3]", "invalid_parameters: There are too many arguments: it takes 2 at the most."),
    ("vault.sum", #"{"a":1,"c":2}"#, "invalid_parameters: There is no parameter 'c'; it takes 'a', 'b'."),
    ("vault.sum", #"{"a":1,"a":2}"#, "invalid_parameters: The argument 'a' is given twice."),
    ("vault.sum", #"["x"]"#, "invalid_parameters: The argument 'a' must be of type Int: expected an integer, found a string."),
    ("vault.sum", #"{"a":1,"b":null}"#, "invalid_parameters: The argument 'b' must be of type Int: expected an integer, found null."),
    ("vault.sum", "5", "invalid_parameters: Arguments are an array, or an object with their names; a number came."),
    ("vault.scale", "[]", "4.0"), ("vault.scale", "[1]", "2.0"), ("vault.move", #"[{"x":3}]"#, #"{"x":3}"#),
    ("vault.fail", "[]", "call_failed: Broken"), ("vault.fail", "[1]", "invalid_parameters: There are too many arguments: it takes none."),
  ])
  func readsArguments(path: String, arguments: String, answer: String) throws {
    let door = try vault()
    #expect(door.askNow(.call, path, arguments) == answer)
  }

  @Test func sequencesBecomeStreams() async throws {
    let door = try vault()
    #expect(await door.ask(.call, "vault.range", "[3]") == #"{"key":"00000000000000000000000000000001"}"#)
    #expect(await door.ask(.call, "vault.later") == #"{"key":"00000000000000000000000000000002"}"#)
    #expect(door.streams.all == ["test: 0 1 2", "test: asynchronous Int"])
  }

  @Test func describes() throws {
    let door = try vault { $0.showsSource = true }
    let text = door.describe("vault")
    #expect(text.hasPrefix(#"{"path":"vault","name":"vault","kind":"object","type":"Vault","doc":"Keeps things.","members":["#))
    #expect(
      text.contains(
        #"{"name":"open","kind":"property","type":"Int","doc":"Open to all.","source":"var open = 1","schema":{"type":"integer"},"settable":true,"deletable":false}"#
      ))
    #expect(
      text.contains(
        #""parameters":[{"name":"a","label":"_","type":"Int","schema":{"type":"integer"},"required":true},{"name":"b","type":"Int","schema":{"type":"integer"},"required":false,"default":"2"}],"async":false"#
      ))
    for hidden in ["_internal", "__dunder", "marked", "_secret", "admin"] { #expect(!text.contains(hidden)) }
    let plain = try vault()
    #expect(!plain.describe("vault").contains("source"))
    #expect(
      door.describe("vault.list")
        == #"{"path":"vault.list","name":"list","kind":"property","type":"[Int]","schema":{"type":"array","items":{"type":"integer"}},"settable":true,"deletable":false}"#
    )
  }

  @Test func methodsThatReturnSequencesAreDescribedWithTheirElements() throws {
    let door = try vault()
    let element = #""stream":true,"element":{"type":"Int","schema":{"type":"integer"}}}"#
    #expect(door.describe("vault.range").hasSuffix(element))
    #expect(door.describe("vault.later").hasSuffix(element), "of asynchronous sequences, too")
    #expect(door.describe("vault.sum").hasSuffix(#""stream":false}"#))
    let declaration = try TypeScriptDeclaration(describing: JSONValue(parsing: door.describe("vault"))).text
    #expect(declaration.contains("readonly range: TangorStreamMethod<[to: number], { to: number }, number>;"))
  }

  @Test func namesAreChecked() throws {
    let door = try vault()
    for name in ["", "a.b", "a b", "ä", "a/b", "a[0]", String(repeating: "x", count: 129)] {
      #expect(throws: TangorError.self) { try door.registry.expose(Vault(), as: name) }
    }
    let error = #expect(throws: TangorError.self) { try door.registry.expose(Vault(), as: "vault") }
    #expect(error?.detail == "There is an object 'vault' already.")
    #expect(door.registry.remove("vault"))
    #expect(!door.registry.remove("vault"))
    #expect(door.askNow(.get, "vault.open")?.hasPrefix("object_not_found") == true)
    try door.registry.expose(Vault(), as: "vault")
    #expect(door.askNow(.get, "vault.open") == "1")
  }

  @Test func interfacesAreChecked() throws {
    let door = Door()
    let problems: [(Interface<Vault>, String)] = [
      (
        Interface {
          Property("open", \.open)
          Property("open", \.constant)
        }, "'v.open' is declared twice."
      ),
      (Interface { Property("a.b", \.open) }, "'v.a.b' cannot be exposed: a member's name is written as Swift's names are."),
      (Interface { Property("", \.open) }, "'v.' cannot be exposed: a member's name is written as Swift's names are."),
      (Interface { Method("m", parameters: [.init("x")]) { (_: Vault) in 1 } }, "'v.m' tells of 1 parameters and takes 0."),
    ]
    for (interface, detail) in problems {
      let error = #expect(throws: TangorError.self) { try door.registry.expose(Vault(), as: "v", interface: interface) }
      #expect(error?.detail == detail)
    }
  }
}
