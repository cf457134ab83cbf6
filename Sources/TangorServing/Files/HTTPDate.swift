/// A moment as HTTP writes it: to the second, in GMT.
package struct HTTPDate: Sendable, Hashable, Comparable {
  /// Seconds since the beginning of 1970.
  package let seconds: Int

  package init(seconds: Int) { self.seconds = seconds }

  /// The moment now.
  package static var now: HTTPDate { HTTPDate(seconds: FileSystem.now / 1_000_000_000) }

  package static func < (left: Self, right: Self) -> Bool { left.seconds < right.seconds }

  /// The year, month, day and the seconds within the day.
  package var civil: (year: Int, month: Int, day: Int, secondOfDay: Int) {
    let days = seconds.flooredDivision(by: 86_400)
    // Years are counted from the first of March, so that the leap day is a year's last.
    let shifted = days + 719_468
    let era = shifted.flooredDivision(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1, seconds - days * 86_400)
  }

  /// A moment from its parts; nil when there is no such day or time.
  package init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
    guard (1...9_999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, of: year),
      (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
    else { return nil }
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear.flooredDivision(by: 400)
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    seconds = days * 86_400 + hour * 3_600 + minute * 60 + second
  }

  private static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension HTTPDate: CustomStringConvertible {
  static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// The preferred form, as in `Sun, 06 Nov 1994 08:49:37 GMT`.
  package var description: String {
    let (year, month, day, time) = civil
    let days = seconds.flooredDivision(by: 86_400)
    let weekday = Self.weekdays[(days + 4) - (days + 4).flooredDivision(by: 7) * 7]
    return "\(weekday), \(padded(day)) \(Self.months[month - 1]) \(padded(year, width: 4)) \(clockTime(time)) GMT"
  }

  /// The form of RFC 3339, as in `1994-11-06T08:49:37Z`.
  package var timestamp: String {
    let (year, month, day, time) = civil
    return "\(padded(year, width: 4))-\(padded(month))-\(padded(day))T\(clockTime(time))Z"
  }
}

private func clockTime(_ secondOfDay: Int) -> String {
  "\(padded(secondOfDay / 3_600)):\(padded(secondOfDay / 60 % 60)):\(padded(secondOfDay % 60))"
}

private func padded(_ number: Int, width: Int = 2) -> String {
  let digits = String(number)
  return digits.utf8.count >= width ? digits : String(repeating: "0", count: width - digits.utf8.count) + digits
}

extension Int {
  fileprivate func flooredDivision(by divisor: Int) -> Int {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
