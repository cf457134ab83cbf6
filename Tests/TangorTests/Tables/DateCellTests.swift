import Foundation
import Tangor
import Testing

@Suite struct DateCellTests {
  private struct Trade: Codable, Equatable {
    var id: Int
    var at: Date
    var closed: Date?
  }

  @Test func datesAreMoments() async throws {
    let moments: [Int64] = [0, 1, -1, 999, 1_700_000_000_123, 1_772_357_400_501, -62_135_596_800_000, 253_402_300_799_999]
    for milliseconds in moments {
      let moment = Timestamp(milliseconds: milliseconds)
      #expect(Timestamp(Date(moment)) == moment)
    }
    #expect(Timestamp(Date(timeIntervalSince1970: 1.2349)) == Timestamp(milliseconds: 1_234))
    #expect(Timestamp(Date(timeIntervalSince1970: -0.0001)) == Timestamp(milliseconds: -1))
    #expect(Timestamp(Date(timeIntervalSince1970: .infinity)) == nil)
    #expect(Timestamp(Date(timeIntervalSince1970: .nan)) == nil)

    let rows = [
      Trade(id: 1, at: Date(Timestamp(milliseconds: 1_772_357_400_501)), closed: nil),
      Trade(id: 2, at: Date(timeIntervalSince1970: -1), closed: Date(timeIntervalSince1970: 0)),
    ]
    let table = try Table(.rows(rows), index: "id")
    #expect(table.schema == Schema([.init("id", .int64), .init("at", .datetime), .init("closed", .datetime)]))
    #expect(try Schema(of: Trade.self) == table.schema)
    #expect(try await table.query().rows(as: Trade.self) == rows)
    let later = try await table.query(.init(filter: [.init("at", ">", FilterValue(rows[1].at))]))
    #expect(try later["at", as: Date.self] == [rows[0].at])
  }
}
