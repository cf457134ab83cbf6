import NIOHTTP1
import Testing

@testable import TangorServing

@Suite struct ParkingTests {
  private final class Wait: QuickWait {
    func begin(_ connection: any ParkedConnection) -> QuickAnswer? { nil }
    func abandon() {}
  }

  private let head = HTTPServerRequestPart.head(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"))

  @Test func aParkedConnectionIsReadFromUntilMoreHasCome() {
    var parking = Parking()
    var mayRead = parking.mayRead()
    #expect(mayRead)
    parking.park(Wait())
    mayRead = parking.mayRead()
    #expect(mayRead, "reading is what tells that the client has gone")
    parking.hold(head)
    mayRead = parking.mayRead()
    #expect(!mayRead)
    #expect(taken(&parking) == [], "its turn has not come")
    let (wait, none) = (parking.end(), parking.end())
    #expect(wait != nil && none == nil)
    var isDue = parking.takeReadDue()
    #expect(!isDue, "first what was held")
    #expect(taken(&parking) == [head])
    isDue = parking.takeReadDue()
    mayRead = parking.mayRead()
    #expect(isDue && mayRead)
    isDue = parking.takeReadDue()
    #expect(!isDue)
  }

  @Test func whatIsBehindAnotherParkedRequestWaitsOn() {
    var parking = Parking()
    parking.park(Wait())
    for part in [head, .end(nil), head] { parking.hold(part) }
    _ = parking.end()
    let first = parking.next()
    #expect(first == head)
    parking.park(Wait())
    #expect(taken(&parking) == [] && parking.isHolding)
    _ = parking.end()
    #expect(taken(&parking) == [.end(nil), head] && !parking.isHolding)
    parking.park(Wait())
    parking.hold(head)
    parking.clear()
    #expect(!parking.isHolding)
  }

  private func taken(_ parking: inout Parking) -> [HTTPServerRequestPart] {
    var parts: [HTTPServerRequestPart] = []
    while let part = parking.next() { parts.append(part) }
    return parts
  }
}
