import Testing

@testable import TangorTables

@Suite struct DateTextTests {
  /// A text, the moment that it is, the day that it is, and what CSV and JSON take it for.
  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    let datetime: Int64?
    let date: Int32?
    let json: String
    let csv: String
    var testDescription: String { text }

    init(_ text: String, _ datetime: Int64?, _ date: Int32?, json: String, csv: String) {
      (self.text, self.datetime, self.date, self.json, self.csv) = (text, datetime, date, json, csv)
    }
  }

  static let cases = [
    Case("2020-01-02", 1_577_923_200_000, 18263, json: "date", csv: "date"),
    Case("2020/01/02", 1_577_923_200_000, 18263, json: "date", csv: "none"),
    Case("2020-1-2", 1_577_923_200_000, 18263, json: "date", csv: "none"),
    Case("01/02/2020", 1_577_923_200_000, 18263, json: "date", csv: "datetime"),
    Case("1/2/2020", 1_577_923_200_000, 18263, json: "date", csv: "datetime"),
    Case("1-2-2020", 1_577_923_200_000, 18263, json: "date", csv: "datetime"),
    Case("2020 01 02", 1_577_923_200_000, 18263, json: "date", csv: "none"),
    Case("2 1 2020", 1_577_923_200_000, nil, json: "datetime", csv: "datetime"),
    Case("20200102", 1_577_923_200_000, 18263, json: "date", csv: "none"),
    Case("2020-01-02T03:04:05", 1_577_934_245_000, 18263, json: "datetime", csv: "datetime"),
    Case("2020-01-02 03:04:05.123", 1_577_934_245_123, 18263, json: "datetime", csv: "datetime"),
    Case("2020-01-02T03:04:05.123456Z", 1_577_934_245_123, 18263, json: "datetime", csv: "datetime"),
    Case("2020-01-02T03:04:05.1", 1_577_934_245_100, 18263, json: "datetime", csv: "datetime"),
    Case("2020-01-02T03:04:05+02:00", 1_577_927_045_000, nil, json: "datetime", csv: "datetime"),
    Case("2020-01-02T03:04:05+0200", 1_577_927_045_000, nil, json: "datetime", csv: "datetime"),
    Case("2020-01-02T03:04:05-05", 1_577_952_245_000, nil, json: "datetime", csv: "datetime"),
    Case("2020-01-02 03:04", 1_577_934_240_000, 18263, json: "datetime", csv: "datetime"),
    Case("2020-01-02 03", 1_577_934_000_000, 18263, json: "datetime", csv: "datetime"),
    Case("2020/01/02 03:04:05", 1_577_934_245_000, 18263, json: "datetime", csv: "none"),
    Case("01/02/2020 03:04:05", 1_577_934_245_000, 18263, json: "datetime", csv: "none"),
    Case("01/02/2020, 03:04:05 PM", 1_577_977_445_000, nil, json: "datetime", csv: "datetime"),
    Case("1/2/2020, 12:00:00 AM", 1_577_923_200_000, nil, json: "datetime", csv: "datetime"),
    Case("2020-01-01 00:00:00", 1_577_836_800_000, 18262, json: "date", csv: "datetime"),
    Case("2020-01-01T00:00:00.500", 1_577_836_800_500, 18262, json: "date", csv: "datetime"),
    Case("2020-01-01T00:00:00.5", 1_577_836_800_500, 18262, json: "date", csv: "datetime"),
    Case("2020-02-30", 1_583_020_800_000, 18322, json: "date", csv: "none"),
    Case("1969-12-31 23:59:59.999", -1, -1, json: "datetime", csv: "datetime"),
    Case("0001-01-01", -62_135_596_800_000, -719_162, json: "date", csv: "date"),
    Case("9999-12-31", 253_402_214_400_000, 2_932_896, json: "date", csv: "date"),
    Case("2020-01-02Z", 1_577_923_200_000, 18263, json: "date", csv: "datetime"),
  ]

  @Test(arguments: cases) func texts(sample: Case) {
    #expect(DateText.datetime(sample.text) == sample.datetime)
    #expect(DateText.date(sample.text) == sample.date)
    let bytes = Array(sample.text.utf8)
    bytes.withUnsafeBufferPointer { bytes in
      switch DateText.guess(bytes) {
      case nil: #expect(sample.json == "none")
      case .date(let days): #expect(sample.json == "date" && days == sample.date)
      case .datetime(let moment): #expect(sample.json == "datetime" && moment == sample.datetime)
      }
      #expect(DateText.strictDate(bytes) == (sample.csv == "date" ? sample.date : nil))
      if sample.csv != "date" { #expect(DateText.strictDatetime(bytes) == (sample.csv == "datetime" ? sample.datetime : nil)) }
    }
  }

  @Test(arguments: [
    "", "1", "2020", "03:04:05", "Jan 2, 2020", "Thu, 02 Jan 2020 03:04:05 GMT", "2020.01.02", "2020-13-45", "31/12/2020", "2020-01-02T",
    "2020-01-02 25:00", "2020-01-02 03:60", "2020-01-02T03:04:05.", "2020-01-02T03:04:05+2", "2020-01-02T03:04:05+02:0", "2020-00-10",
    "2020-01/02", "1/2/20", "01/02/2020, 13:00:00 AM", "01/02/2020, 03:04:05 XM", "2020-01-02T03:04:05ZZ", "123456789", "20200102T03",
    "2020-01-02 ", " 2020-01-02", "2020-01-02T03:04:05+99:99",
  ]) func otherTexts(text: String) {
    #expect(DateText.datetime(text) == nil)
    #expect(DateText.date(text) == nil)
  }

  @Test func everyDayOfFourCenturiesThereAndBack() {
    var expected = CivilDate(year: 1800, month: 1, day: 1)
    for number in expected.dayNumber...CivilDate(year: 2200, month: 12, day: 31).dayNumber {
      let date = CivilDate(dayNumber: number)
      guard date == expected, date.dayNumber == number else {
        Issue.record("\(expected) is day \(number), which is \(date)")
        return
      }
      expected.day += 1
      if expected.day > expected.monthLength { (expected.month, expected.day) = (expected.month + 1, 1) }
      if expected.month > 12 { (expected.year, expected.month) = (expected.year + 1, 1) }
    }
  }

  @Test func written() {
    #expect(DateText.date(days: 18262) == "2020-01-01")
    #expect(DateText.date(days: -1) == "1969-12-31")
    #expect(DateText.datetime(milliseconds: 1_577_873_532_345) == "2020-01-01 10:12:12.345")
    #expect(DateText.datetime(milliseconds: -1) == "1969-12-31 23:59:59.999")
    #expect(DateText.date(days: .max).hasPrefix("+5881580"))
    #expect(DateText.datetime(milliseconds: .min).hasPrefix("-292275055"))
  }
}
