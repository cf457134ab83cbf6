/// Moments as ISO 8601 text in UTC, in the profile of RFC 3339. Moments are seconds since the start of 2001, Foundation's reference date.
enum Timestamp {
  /// Days from 0000-03-01, where the arithmetic below starts, to 2001-01-01.
  private static let referenceDay = 730_791

  /// The text of a moment, with as many decimals of the second (none, 3, 6 or 9) as it takes to read the same moment back.
  ///
  /// - Returns: nil outside the years 0 to 9999
  static func text(_ moment: Double) -> String? {
    guard moment.isFinite, moment.magnitude < 1e12 else { return nil }
    var seconds = moment.rounded(.down)
    let fraction = moment - seconds
    var decimals = ""
    if fraction > 0 {
      for (places, scale) in [(3, 1e3), (6, 1e6), (9, 1e9)] {
        var parts = (fraction * scale).rounded()
        var whole = seconds
        if parts == scale { (parts, whole) = (0, seconds + 1) }
        guard places == 9 || join(whole, parts / scale, places: places) == moment else { continue }
        seconds = whole
        if parts > 0 { decimals = "." + padded(Int(parts), places) }
        break
      }
    }
    let (day, second) = floorDivide(Int(seconds), 86_400)
    guard let date = civil(day + referenceDay) else { return nil }
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T\(padded(second / 3600, 2)):"
      + "\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))\(decimals)Z"
  }

  /// The moment that a text names, or nil when it is no RFC 3339 date and time. Leap seconds count as the second after.
  static func seconds(_ text: String) -> Double? {
    var rest = Array(text.utf8)[...]
    func number(_ count: Int, _ range: ClosedRange<Int>) -> Int? {
      guard rest.count >= count, rest.prefix(count).allSatisfy({ $0 &- ASCII.zero <= 9 }) else { return nil }
      let value = rest.prefix(count).reduce(0) { $0 * 10 + Int($1 - ASCII.zero) }
      rest.removeFirst(count)
      return range.contains(value) ? value : nil
    }
    func take(_ choices: UInt8...) -> UInt8? {
      guard let first = rest.first, choices.contains(first) else { return nil }
      return rest.removeFirst()
    }
    guard let year = number(4, 0...9999), take(0x2D) != nil, let month = number(2, 1...12), take(0x2D) != nil,
      let day = number(2, 1...length(ofMonth: month, year: year)), take(0x54, 0x74, 0x20) != nil,
      let hour = number(2, 0...23), take(0x3A) != nil, let minute = number(2, 0...59), take(0x3A) != nil, let second = number(2, 0...60)
    else { return nil }
    var fraction = 0.0
    var places = 0
    if take(ASCII.point) != nil {
      let digits = rest.prefix { $0 &- ASCII.zero <= 9 }
      rest.removeFirst(digits.count)
      places = digits.count
      // What lies beyond 18 decimals is far below a double's precision.
      guard !digits.isEmpty, let parts = Double("0." + String(decoding: digits.prefix(18), as: UTF8.self)) else { return nil }
      fraction = parts
    }
    var zone = 0
    if take(0x5A, 0x7A) == nil {
      guard let sign = take(0x2B, 0x2D), let hours = number(2, 0...23), take(0x3A) != nil, let minutes = number(2, 0...59) else {
        return nil
      }
      zone = (hours * 60 + minutes) * (sign == 0x2D ? -60 : 60)
    }
    guard rest.isEmpty else { return nil }
    let days = dayNumber(year: year, month: month, day: day) - referenceDay
    return join(Double(days * 86_400 + hour * 3600 + minute * 60 + second - zone), fraction, places: places)
  }

  /// A moment of whole seconds and a fraction. Most moments with few decimals were counted from 1970 once and were rounded there, so these are
  /// added up in the same way; those with many decimals keep all the precision that there is.
  private static func join(_ seconds: Double, _ fraction: Double, places: Int) -> Double {
    let sinceReference = -978_307_200.0
    return places > 6 ? seconds + fraction : (seconds - sinceReference + fraction) + sinceReference
  }

  // The calendar repeats every 400 years or 146,097 days. Years are taken to start in March, so that the leap day comes last.

  private static func civil(_ number: Int) -> (year: Int, month: Int, day: Int)? {
    let (era, day) = floorDivide(number, 146_097)
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
    let dayOfYear = day - (365 * year + year / 4 - year / 100)
    let month = (5 * dayOfYear + 2) / 153
    let calendarYear = era * 400 + year + (month >= 10 ? 1 : 0)
    guard 0...9999 ~= calendarYear else { return nil }
    return (calendarYear, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
  }

  private static func dayNumber(year: Int, month: Int, day: Int) -> Int {
    let (era, yearOfEra) = floorDivide(month <= 2 ? year - 1 : year, 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
  }

  private static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func floorDivide(_ value: Int, _ divisor: Int) -> (quotient: Int, remainder: Int) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
