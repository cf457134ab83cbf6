import TangorTables
import Testing

@Suite struct CalendarTests {
  @Test func datesAreTextAndParts() throws {
    let date = try #require(CalendarDate(year: 2024, month: 2, day: 29))
    #expect(date.description == "2024-02-29" && CalendarDate(date.description) == date)
    #expect((date.year, date.month, date.day) == (2024, 2, 29))
    #expect(CalendarDate(days: -1).description == "1969-12-31")
    #expect(CalendarDate(days: 0) < date)
    for (year, month, day) in [(2023, 2, 29), (2024, 0, 1), (2024, 13, 1), (2024, 4, 31), (2024, 4, 0), (.max, 1, 1)] {
      #expect(CalendarDate(year: year, month: month, day: day) == nil)
    }
    #expect(CalendarDate("no date") == nil)
    for days in [Int32.min, .max] { #expect(!CalendarDate(days: days).description.isEmpty) }
  }

  @Test func momentsAreText() throws {
    let moment = try #require(Timestamp("2026-03-01T09:30:00.5Z"))
    #expect(moment.description == "2026-03-01 09:30:00.500" && Timestamp(moment.description) == moment)
    #expect(Timestamp("2026-03-01T10:30:00.5+01:00") == moment)
    #expect(Timestamp(milliseconds: -1) < Timestamp(milliseconds: 0))
    #expect(Timestamp("soon") == nil)
    for milliseconds in [Int64.min, .max] { #expect(!Timestamp(milliseconds: milliseconds).description.isEmpty) }
  }
}
