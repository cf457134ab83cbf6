import HTTPTypes
import TangorServing
import Testing

@Suite struct RequestConditionsTests {
  static let strong = EntityTag("a")
  static let date = HTTPDate(seconds: 784_111_777)
  static let before = "Sun, 06 Nov 1994 08:49:36 GMT"
  static let same = "Sun, 06 Nov 1994 08:49:37 GMT"
  static let after = "Sun, 06 Nov 1994 08:49:38 GMT"

  typealias Verdict = RequestConditions.Verdict

  @Test(
    arguments: [
      ([:], Verdict.proceed),
      // If-None-Match compares weakly.
      (["if-none-match": "\"a\""], .notModified), (["if-none-match": "W/\"a\""], .notModified), (["if-none-match": "*"], .notModified),
      (["if-none-match": "\"b\", \"a\""], .notModified), (["if-none-match": "\"b\""], .proceed), (["if-none-match": "a"], .proceed),
      (["if-none-match": "\"b,\"a\""], .proceed), (["if-none-match": ""], .proceed),
      // If-Modified-Since
      (["if-modified-since": same], .notModified), (["if-modified-since": after], .notModified), (["if-modified-since": before], .proceed),
      (["if-modified-since": "soon"], .proceed), (["if-modified-since": "Sunday, 06-Nov-94 08:49:37 GMT"], .notModified),
      // If-None-Match makes If-Modified-Since mean nothing.
      (["if-none-match": "\"b\"", "if-modified-since": after], .proceed),
      (["if-none-match": "\"a\"", "if-modified-since": before], .notModified),
      // If-Match compares strongly.
      (["if-match": "\"a\""], .proceed), (["if-match": "W/\"a\""], .failed), (["if-match": "\"b\""], .failed),
      (["if-match": "*"], .proceed),
      (["if-match": "\"b\",\"a\""], .proceed), (["if-match": "junk"], .failed),
      // If-Unmodified-Since, which If-Match overrules
      (["if-unmodified-since": before], .failed), (["if-unmodified-since": same], .proceed), (["if-unmodified-since": "never"], .proceed),
      (["if-match": "\"a\"", "if-unmodified-since": before], .proceed), (["if-match": "\"b\"", "if-unmodified-since": after], .failed),
      // The first pair comes before the second.
      (["if-match": "\"b\"", "if-none-match": "\"a\""], .failed), (["if-match": "\"a\"", "if-none-match": "\"a\""], .notModified),
      (["if-unmodified-since": before, "if-modified-since": after], .failed),
      (["if-unmodified-since": after, "if-modified-since": after], .notModified),
    ] as [([String: String], Verdict)])
  func weighs(_ fields: [String: String], _ expected: Verdict) {
    let verdict = Self.conditions(fields).verdict(tag: Self.strong, lastModified: Self.date, currentYear: 2_026)
    #expect(verdict == expected)
  }

  @Test func weakTagNeverMatchesStrongly() {
    let weak = EntityTag("a", isWeak: true)
    #expect(Self.conditions(["if-match": "W/\"a\""]).verdict(tag: weak, lastModified: Self.date, currentYear: 2_026) == .failed)
    #expect(Self.conditions(["if-none-match": "\"a\""]).verdict(tag: weak, lastModified: Self.date, currentYear: 2_026) == .notModified)
  }

  @Test(
    arguments: [
      (nil, true), ("\"a\"", true), ("W/\"a\"", false), ("\"b\"", false), (same, true), (before, false), (after, false), ("junk", false),
      ("\"a\", \"b\"", false),
    ] as [(String?, Bool)])
  func rangesHold(_ ifRange: String?, _ expected: Bool) {
    let conditions = Self.conditions(ifRange.map { ["if-range": $0] } ?? [:])
    #expect(conditions.rangeHolds(tag: Self.strong, lastModified: Self.date, currentYear: 2_026) == expected)
  }

  @Test func rangesOfAFileThatStillChangesNeverHold() {
    let tag = EntityTag("a", isWeak: true)
    for field in ["\"a\"", "W/\"a\"", Self.same] {
      #expect(!Self.conditions(["if-range": field]).rangeHolds(tag: tag, lastModified: Self.date, currentYear: 2_026))
    }
  }

  @Test func repeatedFieldsAreOneList() {
    var fields = HTTPFields()
    fields.append(HTTPField(name: .ifNoneMatch, value: "\"x\""))
    fields.append(HTTPField(name: .ifNoneMatch, value: "\"a\""))
    #expect(RequestConditions(fields).verdict(tag: Self.strong, lastModified: Self.date, currentYear: 2_026) == .notModified)
  }

  private static func conditions(_ fields: [String: String]) -> RequestConditions {
    var result = HTTPFields()
    for (name, value) in fields { result[HTTPField.Name(name)!] = value }
    return RequestConditions(result)
  }
}
