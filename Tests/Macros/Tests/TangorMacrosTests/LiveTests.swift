import Synchronization
import TangorJSON
import Testing

@testable import TangorObjects

struct LiveTests {
  private func exposed(_ configuration: ObjectsConfiguration = .init()) throws -> Client {
    let registry = ObjectRegistry(configuration: configuration)
    try registry.expose(Sample(), as: "sample")
    return Client(registry: registry)
  }

  @Test(arguments: [[], ["admin"]] as [Set<String>]) func describesAsAHandWrittenInterfaceDoes(roles: Set<String>) throws {
    var configuration = ObjectsConfiguration()
    configuration.includesInternals = true
    let macro = ObjectRegistry(configuration: configuration)
    try macro.expose(Sample(), as: "sample")
    let hand = ObjectRegistry(configuration: configuration)
    try hand.expose(Sample(), as: "sample", interface: handWritten)
    let description = try Client(registry: macro, roles: roles).describe("sample")
    #expect(try description == Client(registry: hand, roles: roles).describe("sample"))
    for name in ["add", "debug", "inner", "_internal"] { #expect(description.contains("\"name\":\"\(name)\"")) }
    #expect(description.contains("\"name\":\"key\"") == roles.contains("admin"))
    for word in ["hidden", "secret", "source"] { #expect(!description.contains(word)) }
  }

  @Test func showsSourceWhereTheConfigurationSaysSo() throws {
    var configuration = ObjectsConfiguration()
    configuration.showsSource = true
    let client = try exposed(configuration)
    #expect(try client.describe("sample.a").contains(#""source":"var a = 1""#))
    #expect(
      try client.describe("sample.add").contains(
        #""source":"func add(_ x: Int, to y: Double = 2) -> Double {\n  sum = Double(x) + y\n  return sum\n}""#))
    #expect(try !client.describe("sample.inner.depth").contains("source"))
    #expect(try !exposed().describe("sample.a").contains("source"))
  }

  @Test func readsAndChangesProperties() async throws {
    let client = try exposed()
    try await client.set("sample.a", "4")
    #expect(try await client.get("sample.double") == "8")
    try await client.set("sample.double", "20")
    #expect(try await client.get("sample.a") == "10")
    try await client.set("sample.maybe", "3")
    try await client.delete("sample.maybe")
    #expect(try await client.get("sample.maybe") == "null")
    try await client.set("sample.inner.depth", "5")
    #expect(try await client.get("sample.inner.depth") == "5")
    try await client.set("sample.b", "\"y\"")
    #expect(try await client.get("sample.b") == "\"y\"")
    for path in ["sample.sum", "sample.still", "sample.fixed"] {
      await #expect(throws: (any Error).self) { try await client.set(path, "1") }
    }
    for path in ["sample.key", "sample.hidden", "sample.secret", "sample._internal", "sample.spare.depth"] {
      await #expect(throws: (any Error).self) { try await client.get(path) }
    }
    #expect(try await Client(registry: client.registry, roles: ["admin"]).get("sample.key") == "\"k\"")
  }

  @Test func callsMethods() async throws {
    let client = try exposed()
    #expect(try await client.call("sample.add", "[1]") == "3.0")
    #expect(try await client.call("sample.add", #"{"y":0.5,"x":1}"#) == "1.5")
    #expect(try await client.get("sample.sum") == "1.5")
    #expect(try await client.call("sample.reset", "[]") == #"["red"]"#)
    #expect(try await client.call("sample.reset", #"{"kinds":[],"in":"red"}"#) == "[]")
    await #expect(throws: (any Error).self) { try await client.call("sample.fail", "[]") }
  }

  @Test func servesSharedClasses() async throws {
    let registry = ObjectRegistry()
    let shared = Shared()
    try registry.expose(shared, as: "shared")
    let client = Client(registry: registry)
    #expect(try await client.call("shared.later", "[1]") == "2")
    #expect(try await client.call("shared.main", "[1]") == "3")
    try await client.set("shared.level", "2.5")
    #expect(shared.level.value == 2.5)
  }

  @Test func servesActors() async throws {
    let published = Mutex<[String]>([])
    let registry = ObjectRegistry(
      configuration: .init(), streams: nil, publish: { channel, value in published.withLock { $0.append("\(channel)=\(value)") } })
    let counter = Counter()
    try await registry.expose(counter, as: "counter")
    let client = Client(registry: registry)
    try await client.set("counter.count", "2")
    #expect(try await client.call("counter.add", #"{"n":3,"times":2}"#) == "8")
    #expect(try await client.call("counter.add", "[1]") == "9")
    #expect(await counter.count == 9)
    #expect(try await client.call("counter.later", "[7]") == "7")
    #expect(try await client.get("counter.name") == "\"counter\"")
    try await client.set("counter.inner.depth", "3")
    #expect(try await client.get("counter.inner.depth") == "3")
    try await client.set("counter.level", "5")
    #expect(published.withLock { $0 }.sorted() == ["level=1", "level=5", "peak=1"])
    for path in ["counter.total", "counter.peak", "counter.name"] {
      await #expect(throws: (any Error).self) { try await client.set(path, "1") }
    }
  }

  @Test func servesTypesWithinTypes() { #expect(Outer.hasInterface) }

  @Test func keepsToAConformanceThatIsThere() { #expect(Declared.interface.doc == "Says by itself what it is.") }

  @Test func keepsTextsAsTheyAre() async throws {
    var configuration = ObjectsConfiguration()
    configuration.showsSource = true
    let registry = ObjectRegistry(configuration: configuration)
    try registry.expose(Texts(), as: "texts")
    let client = Client(registry: registry)
    #expect(try await client.call("texts.join", "[]") == #""x\"\\(a \"quoted\"\n  b\nx""#)
    #expect(try client.describe("texts.a").contains(##""source":"var a = \"\\\"#\"""##))
    #expect(try client.describe("texts.b").contains(#""source":"var b = \"\"\"\n  c\n  \"\"\"""#))
  }
}
