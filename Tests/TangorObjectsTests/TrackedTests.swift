import TangorCore
import Testing

@testable import TangorObjects

final class Shown: LiveObject {
  @Tracked var a = 1
  @Tracked var c = [2, 3]
  @Tracked var secret = 1
  @Tracked var _hidden = 1

  static let interface = Interface<Shown> {
    Property("a", tracked: \.$a).deletable { $0.a = 1 }
    Property("c", tracked: \.$c)
    Property("secret", tracked: \.$secret).requires("admin")
    Property("_hidden", tracked: \.$_hidden)
  }
}

@Suite struct TrackedTests {
  @Test func everyChangeIsPublishedInOrder() async throws {
    let door = Door()
    let handle = try door.registry.expose(Shown(), as: "shown")
    #expect(door.published.all == ["a=1", "c=[2,3]"], "the first values are there to be kept")
    try await handle.use { shown in
      shown.a = 2
      shown.c.append(4)
      shown.a += 1
      shown.secret = 5
      shown._hidden = 5
    }
    #expect(door.askNow(.set, "shown.c[0]", "9") == "null")
    #expect(door.askNow(.delete, "shown.a") == "null")
    #expect(door.published.all.dropFirst(2) == ["a=2", "c=[2,3,4]", "a=3", "c=[9,3,4]", "a=1"])
    #expect(door.describe("shown.a").contains(#""channel":"a""#))
    #expect(!door.describe("shown").contains("secret"))
  }

  @Test func afterItIsTakenBackNothingIsPublished() async throws {
    let door = Door()
    let handle = try door.registry.expose(Shown(), as: "shown")
    handle.remove()
    try await handle.use { $0.a = 9 }
    #expect(door.published.all.count == 2)
    try door.registry.expose(Shown(), as: "again")
  }

  @Test func oneChannelHasOneSource() throws {
    let door = Door()
    try door.registry.expose(Shown(), as: "one")
    let error = #expect(throws: TangorError.self) { try door.registry.expose(Shown(), as: "two") }
    #expect(error?.detail.contains("channelPrefix") == true)
    #expect(door.registry.names == ["one"])
    try door.registry.expose(Shown(), as: "two", options: ObjectOptions(channelPrefix: "room1/"))
    #expect(door.published.all.last == "room1/c=[2,3]")
    #expect(door.describe("two.a").contains(#""channel":"room1/a""#))
  }

  @Test func publicationsOfManyThreadsEndWithTheLastValue() async throws {
    let value = TrackedValue(0)
    let published = Published()
    _ = value.observe { published.add("\($0)") }
    await withTaskGroup(of: Void.self) { group in
      for number in 1...100 { group.addTask { value.value = number } }
    }
    #expect(published.all.count == 101)
    #expect(published.all.last == "\(value.value)")
    #expect(Set(published.all).count == 101)
  }
}
