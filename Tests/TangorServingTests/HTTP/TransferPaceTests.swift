import NIOCore
import Testing

@testable import TangorServing

@Suite struct TransferPaceTests {
  private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

  private func pace(rate: Int) -> TransferPace { TransferPace(patience: .seconds(30), rate: rate, now: start) }

  @Test func silenceUsesThePatienceUp() {
    #expect(pace(rate: 1_024).deadline(at: start) == start + .seconds(30))
    #expect(pace(rate: 1_024).deadline(at: start + .seconds(20)) == start + .seconds(30))
  }

  @Test func aTrickleEndsAboutWhenSilenceWould() {
    var trickle = pace(rate: 1_024)
    var now = start
    while now < trickle.deadline(at: now), now < start + .seconds(3_600) {
      now = now + .seconds(1)
      trickle.moved(1, at: now)
    }
    #expect(now <= start + .seconds(32))
  }

  @Test func theRateIsEnough() {
    var steady = pace(rate: 1_024)
    for second in 1...3_600 {
      let now = start + .seconds(Int64(second))
      #expect(now < steady.deadline(at: now))
      steady.moved(1_024, at: now)
    }
  }

  @Test func aheadIsNeverMoreThanThePatience() {
    for rate in [0, 1_024] {
      var fast = pace(rate: rate)
      for size in [1 << 30, Int.max] {
        fast.moved(size, at: start + .seconds(10))
        #expect(fast.deadline(at: start + .seconds(10)) == start + .seconds(40))
      }
    }
  }

  @Test func withoutARateAnyByteRenews() {
    var line = pace(rate: 0)
    line.moved(1, at: start + .seconds(29))
    #expect(line.deadline(at: start + .seconds(29)) == start + .seconds(59))
    line.moved(0, at: start + .seconds(40))
    #expect(line.deadline(at: start + .seconds(40)) == start + .seconds(59), "nothing is no byte")
  }

  @Test func aPauseDoesNotCount() {
    var paused = pace(rate: 1_024)
    paused.stop(at: start + .seconds(10))
    paused.stop(at: start + .seconds(15))
    #expect(paused.deadline(at: start + .seconds(70)) == start + .seconds(90), "20 s are left, whenever it goes on")
    paused.resume(at: start + .seconds(110))
    paused.resume(at: start + .seconds(115))
    #expect(paused.deadline(at: start + .seconds(115)) == start + .seconds(130))
  }
}
