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
    #expect(parking.mayRead())
    parking.park(Wait())
    #expect(parking.mayRead(), "reading is what tells that the client has gone")
    parking.hold(head)
    #expect(!parking.mayRead() && !parking.mayRead())
    #expect(parking.next() == nil, "its turn has not come")
    #expect(parking.end() != nil && parking.end() == nil)
    #expect(!parking.takeReadDue(), "first what was held")
    #expect(parking.next() == head && parking.next() == nil)
    #expect(parking.takeReadDue() && !parking.takeReadDue() && parking.mayRead())
  }

  @Test func whatIsBehindAnotherParkedRequestWaitsOn() {
    var parking = Parking()
    parking.park(Wait())
    for part in [head, .end(nil), head] { parking.hold(part) }
    _ = parking.end()
    #expect(parking.next() == head && parking.next() == .end(nil))
    parking.park(Wait())
    #expect(parking.next() == nil && parking.isHolding && !parking.takeReadDue())
    parking.clear()
    #expect(!parking.isHolding)
  }
}
