import NIOCore
import Testing

@testable import TangorPrograms

@Suite struct PageWatchTests {
  private func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(1) + .seconds(seconds) }

  private func watch() -> PageWatch {
    var watch = PageWatch(interval: .seconds(20), timeout: .seconds(10))
    _ = watch.tick(at(0), isAlive: true, isStuck: false)
    return watch
  }

  @Test func aSilentPageIsPingedOnceAndGivenUp() {
    var watch = watch()
    #expect(watch.tick(at(19), isAlive: false, isStuck: false) == .none)
    #expect(watch.tick(at(20), isAlive: false, isStuck: false) == .ping)
    watch.pinged(at: at(20))
    #expect(watch.tick(at(29), isAlive: false, isStuck: false) == .none)
    #expect(watch.tick(at(30), isAlive: false, isStuck: false) == .giveUp)
  }

  @Test func whateverIsHeardBeginsAnew() {
    var watch = watch()
    _ = watch.tick(at(20), isAlive: false, isStuck: false)
    watch.pinged(at: at(20))
    #expect(watch.tick(at(29), isAlive: true, isStuck: false) == .none)
    #expect(watch.tick(at(48), isAlive: false, isStuck: false) == .none)
    #expect(watch.tick(at(49), isAlive: false, isStuck: false) == .ping)
  }

  @Test func aPageIsNotJudgedByAPingThatCouldNotBeSent() {
    var watch = watch()
    #expect(watch.tick(at(20), isAlive: false, isStuck: false) == .ping)
    #expect(watch.tick(at(200), isAlive: false, isStuck: false) == .none)
    watch.pinged(at: at(200))
    #expect(watch.tick(at(210), isAlive: false, isStuck: false) == .giveUp)
  }

  @Test func aPageThatTakesNothingIsGivenUpWithoutAPing() {
    var watch = watch()
    #expect(watch.tick(at(20), isAlive: false, isStuck: true) == .ping)
    #expect(watch.tick(at(21), isAlive: false, isStuck: true) == .none)
    #expect(watch.tick(at(30), isAlive: false, isStuck: true) == .none)
    #expect(watch.tick(at(31), isAlive: false, isStuck: true) == .giveUp)
  }

  @Test func aPageThatTakesSlowlyIsNot() {
    var watch = watch()
    #expect(watch.tick(at(20), isAlive: false, isStuck: true) == .ping)
    for second in 21..<100 { #expect(watch.tick(at(Int64(second)), isAlive: second % 5 == 0, isStuck: true) == .none) }
  }
}
