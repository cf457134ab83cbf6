import TangorServing
import Testing

@Suite struct HTTPDateTests {
  @Test(arguments: [
    "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
  ])
  func readsAllThreeForms(_ text: String) {
    #expect(HTTPDate(parsing: text, currentYear: 2_026)?.seconds == 784_111_777)
  }

  @Test(arguments: [
    (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
    (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
    (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
  ])
  func writesThePreferredForm(_ seconds: Int, _ text: String) {
    #expect(HTTPDate(seconds: seconds).description == text)
    #expect(HTTPDate(parsing: text, currentYear: 2_026)?.seconds == seconds)
  }

  @Test func readsWhatItWritesAcrossCenturies() {
    for seconds in stride(from: -2_000_000_000, through: 9_000_000_000, by: 86_399 * 97) {
      let date = HTTPDate(seconds: seconds)
      #expect(HTTPDate(parsing: date.description, currentYear: 2_026) == date)
    }
  }

  @Test func takesAYearFarAheadForThePast() {
    let past = HTTPDate(parsing: "Sunday, 06-Nov-94 08:49:37 GMT", currentYear: 2_026)
    #expect(past?.civil.year == 1_994)
    let near = HTTPDate(parsing: "Sunday, 06-Nov-50 08:49:37 GMT", currentYear: 2_026)
    #expect(near?.civil.year == 2_050)
  }

  @Test(arguments: [
    "", "yesterday", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 PST", "Sun, 31 Feb 1994 08:49:37 GMT",
    "Sun, 29 Feb 2023 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ",
    "Xyz, 06 Nov 1994 08:49:37 GMT", "784111777", "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:60:37 GMT", "Sun Nov 6 08:49:37 1994",
  ])
  func refusesWhatIsNoDate(_ text: String) {
    #expect(HTTPDate(parsing: text, currentYear: 2_026) == nil)
  }

  @Test func writesTimestamps() { #expect(HTTPDate(seconds: 784_111_777).timestamp == "1994-11-06T08:49:37Z") }
}
