import TangorServing
import TangorTesting
import Testing

@testable import TangorPrograms

@Suite struct RelayStateTests {
  typealias Action = RelayState.Action

  private let bye = CloseFrame(.normal, "bye")

  @Test func aHandshakeOfTwoCloseFrames() {
    for side in [RelaySide.page, .program] {
      var state = RelayState()
      #expect(state.gotClose(side, bye) == [.pass(side.other), .expire])
      #expect(state.isDone(side) && !state.isDone(side.other))
      #expect(state.gotClose(side.other, bye) == [.pass(side), .finish(.page), .finish(.program)])
      #expect(state.gotClose(side, bye) == [])
      #expect(state.ended(.program) == [] && !state.isOver)
      #expect(state.ended(.page) == [] && state.isOver)
    }
  }

  @Test func bothCloseAtOnce() {
    var state = RelayState()
    #expect(state.gotClose(.page, bye) == [.pass(.program), .expire])
    #expect(state.gotClose(.program, CloseFrame(.goingAway)) == [.pass(.page), .finish(.page), .finish(.program)])
  }

  @Test func aLostProgramWaitsForItsReason() {
    var state = RelayState()
    #expect(state.ended(.program) == [.settle])
    #expect(state.programEnded(bye) == [.close(.page, bye), .expire])
    #expect(state.settled() == [])
    #expect(state.gotClose(.page, bye) == [.finish(.page)])
  }

  @Test func aReasonWaitsForTheProgramsLastBytes() {
    var state = RelayState()
    #expect(state.programEnded(bye) == [.settle])
    #expect(state.programEnded(CloseFrame(.internalError)) == [], "the first reason counts")
    #expect(state.ended(.program) == [.close(.page, bye), .expire])
    #expect(state.settled() == [])
  }

  @Test func withoutAReasonItIsABadGateway() {
    var state = RelayState()
    _ = state.ended(.program)
    #expect(state.settled() == [.close(.page, CloseFrame(.badGateway, "the connection to the program was lost")), .expire])
  }

  @Test func aProgramThatIsToEndIsClosedAfterTheMoment() {
    var state = RelayState()
    _ = state.programEnded(bye)
    #expect(state.settled() == [.close(.page, bye), .close(.program, CloseFrame(.goingAway, "the program is to end")), .expire])
    #expect(state.ended(.program) == [])
  }

  @Test func aProgramsOwnCloseFrameSaysMoreThanItsEnd() {
    var state = RelayState()
    _ = state.programEnded(CloseFrame(.internalError))
    #expect(state.gotClose(.program, bye) == [.pass(.page), .expire])
    #expect(state.ended(.program) == [] && state.settled() == [])
  }

  @Test func aClosingPageIsAnsweredWhoeverIsLeft() {
    var state = RelayState()
    _ = state.gotClose(.page, bye)
    #expect(state.ended(.program) == [.close(.page, CloseFrame(.normal)), .finish(.page)])
    state = RelayState()
    _ = state.gotClose(.page, bye)
    #expect(state.expired() == [.close(.page, CloseFrame(.normal)), .cut(.program), .expire, .finish(.page)])
    #expect(state.ended(.program) == [])
    #expect(state.expired() == [.cut(.page)])
  }

  @Test func aGonePageIsToldOnce() {
    var state = RelayState()
    #expect(state.ended(.page) == [.close(.program, CloseFrame(.goingAway, "the page has gone")), .expire])
    #expect(state.ended(.page) == [])
    #expect(state.gotClose(.program, bye) == [.finish(.program)])
    #expect(state.expired() == [.cut(.program)])
  }

  @Test func aPageThatWentAfterItsCloseFrameLeavesTheProgramsAnswerToCome() {
    var state = RelayState()
    _ = state.gotClose(.page, bye)
    #expect(state.ended(.page) == [])
    #expect(state.gotClose(.program, bye) == [.finish(.program)])
  }

  @Test func aBreachIsAnsweredAndWhatFollowsItIgnored() {
    var state = RelayState()
    let breach = CloseFrame(.protocolError, "wrong")
    let told = CloseFrame(.badGateway, "the program broke the protocol: wrong")
    #expect(state.fail(.program, breach) == [.close(.program, breach), .close(.page, told), .expire, .finish(.program)])
    #expect(state.isDone(.program))
    #expect(state.gotClose(.program, bye) == [])
    #expect(state.gotClose(.page, bye) == [.finish(.page)])
  }

  @Test func theServerClosesBoth() {
    var state = RelayState()
    let close = CloseFrame(.goingAway)
    #expect(state.close(close) == [.close(.page, close), .close(.program, close), .expire])
    #expect(state.close(close) == [])
    #expect(state.expired() == [.cut(.page), .cut(.program)])
  }

  /// Whatever happens in whatever order: each side gets at most one close frame and one end, and the close timeout ends both.
  @Test(arguments: 0..<500 as Range<UInt64>) func everyOrderComesToAnEnd(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var state = RelayState()
    var closes: [RelaySide: Int] = [:]
    var finishes: [RelaySide: Int] = [:]
    var over: Set<RelaySide> = []
    var isExpiring = false
    func note(_ actions: [Action]) {
      for action in actions {
        switch action {
        case .pass(let side), .close(let side, _):
          closes[side, default: 0] += 1
          #expect(!over.contains(side))
        case .finish(let side):
          finishes[side, default: 0] += 1
          #expect(closes[side] == 1)
        case .cut(let side): #expect(!over.contains(side))
        case .expire: isExpiring = true
        case .settle: break
        }
      }
    }
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      let side: RelaySide = Bool.random(using: &random) ? .page : .program
      switch Int.random(in: 0..<7, using: &random) {
      case 0: note(state.gotClose(side, bye))
      case 1:
        over.insert(side)
        note(state.ended(side))
      case 2: note(state.programEnded(CloseFrame(.internalError)))
      case 3: note(state.settled())
      case 4: note(state.close(CloseFrame(.goingAway)))
      case 5: note(state.fail(side, CloseFrame(.protocolError)))
      default:
        if isExpiring {
          isExpiring = false
          note(state.expired())
        }
      }
    }
    #expect(closes.values.allSatisfy { $0 == 1 } && finishes.values.allSatisfy { $0 == 1 })
    if !closes.isEmpty, !state.isOver { #expect(isExpiring || over.count < 2) }
    var cut: Set<RelaySide> = over
    for _ in 0..<2 {
      for case .cut(let side) in state.expired() {
        cut.insert(side)
        _ = state.ended(side)
      }
    }
    #expect(cut == [.page, .program])
  }
}
