/// The fields of a text that is a date or a date and time of day, in any of the spellings that tables take, and which spelling it was.
struct DateFields {
  enum Shape {
    /// `2020-01-02`
    case dashed
    /// `2020-1-2`
    case dashedShort
    /// `2020/01/02`
    case slashed
    /// `2020 01 02`
    case spaced
    /// `20200102`
    case compact
    /// `01/02/2020` or `01-02-2020`
    case monthFirst
    /// `2 1 2020`
    case dayFirst
  }

  private(set) var shape = Shape.dashed
  private(set) var date = CivilDate(year: 1970, month: 1, day: 1)
  private(set) var hour = 0
  private(set) var minute = 0
  private(set) var second = 0
  private(set) var millisecond = 0
  private(set) var hasTime = false
  /// The time was written with `AM` or `PM`.
  private(set) var isTwelveHour = false
  /// Minutes east of UTC; nil when the text does not tell, or says `Z`.
  private(set) var zone: Int?

  /// Milliseconds since 1970-01-01T00:00:00Z. A day beyond the end of its month counts on into the next.
  var milliseconds: Int64 {
    let seconds = hour * 3600 + (minute - (zone ?? 0)) * 60 + second
    return Int64(date.dayNumber * millisecondsPerDay + seconds * 1000 + millisecond)
  }

  var isMidnight: Bool { hour == 0 && minute == 0 && second == 0 }

  /// - Returns: nil when the text is in none of the spellings
  init?(_ text: UnsafeBufferPointer<UInt8>) {
    var scanner = DateScanner(text)
    guard takeDate(&scanner), takeTime(&scanner), scanner.isAtEnd else { return nil }
  }

  private mutating func takeDate(_ scanner: inout DateScanner) -> Bool {
    guard let first = scanner.number(upTo: 8) else { return false }
    switch (first.digits, scanner.peek) {
    case (8, nil):
      shape = .compact
      return set(year: first.value / 10_000, month: first.value / 100 % 100, day: first.value % 100)
    case (4, 0x2D), (4, 0x2F), (4, 0x20):
      guard let separator = scanner.next(), let month = scanner.number(upTo: 2), scanner.take(separator), let day = scanner.number(upTo: 2)
      else { return false }
      switch separator {
      case 0x2D: shape = month.digits == 2 && day.digits == 2 ? .dashed : .dashedShort
      case 0x2F: shape = .slashed
      default: shape = .spaced
      }
      return set(year: first.value, month: month.value, day: day.value)
    case (1...2, 0x2D), (1...2, 0x2F), (1...2, 0x20):
      guard let separator = scanner.next(), let second = scanner.number(upTo: 2), scanner.take(separator),
        let year = scanner.number(upTo: 4), year.digits == 4
      else { return false }
      shape = separator == 0x20 ? .dayFirst : .monthFirst
      let (month, day) = separator == 0x20 ? (second.value, first.value) : (first.value, second.value)
      return set(year: year.value, month: month, day: day)
    default: return false
    }
  }

  private mutating func set(year: Int, month: Int, day: Int) -> Bool {
    date = CivilDate(year: year, month: month, day: day)
    return 1...12 ~= month && 1...31 ~= day
  }

  private mutating func takeTime(_ scanner: inout DateScanner) -> Bool {
    switch (shape, scanner.peek) {
    case (_, nil): return true
    case (.dashed, 0x5A), (.dashedShort, 0x5A), (.slashed, 0x5A), (.monthFirst, 0x5A): return scanner.take(0x5A)
    case (.monthFirst, 0x2C): return takeTwelveHourTime(&scanner)
    case (.dashed, 0x54), (.dashedShort, 0x54), (.slashed, 0x54): break
    case (.dashed, 0x20), (.dashedShort, 0x20), (.slashed, 0x20), (.monthFirst, 0x20): break
    default: return false
    }
    _ = scanner.next()
    guard let hour = scanner.number(upTo: 2) else { return false }
    (hasTime, self.hour) = (true, hour.value)
    if scanner.take(0x3A) {
      guard let minute = scanner.number(upTo: 2) else { return false }
      self.minute = minute.value
      if scanner.take(0x3A) {
        guard let second = scanner.number(upTo: 2) else { return false }
        self.second = second.value
        guard takeFraction(&scanner) else { return false }
      }
    }
    return self.hour < 24 && minute < 60 && second < 60 && takeZone(&scanner)
  }

  private mutating func takeFraction(_ scanner: inout DateScanner) -> Bool {
    guard scanner.take(0x2E) else { return true }
    var scale = 100
    var hasDigits = false
    while let digit = scanner.digit() {
      millisecond += digit * scale
      scale /= 10
      hasDigits = true
    }
    return hasDigits
  }

  private mutating func takeZone(_ scanner: inout DateScanner) -> Bool {
    if scanner.take(0x5A) { return true }
    guard shape == .dashed || shape == .dashedShort, let sign = scanner.peek, sign == 0x2B || sign == 0x2D else { return true }
    _ = scanner.next()
    guard let hours = scanner.number(upTo: 4) else { return false }
    var minutes = 0
    switch hours.digits {
    case 2:
      if scanner.take(0x3A) {
        guard let rest = scanner.number(upTo: 2), rest.digits == 2, rest.value < 60 else { return false }
        minutes = rest.value
      }
      minutes += hours.value * 60
    case 4:
      guard hours.value % 100 < 60 else { return false }
      minutes = hours.value / 100 * 60 + hours.value % 100
    default: return false
    }
    zone = sign == 0x2D ? -minutes : minutes
    return minutes < 24 * 60
  }

  /// `, 3:04:05 AM`
  private mutating func takeTwelveHourTime(_ scanner: inout DateScanner) -> Bool {
    guard scanner.take(0x2C), scanner.take(0x20), let hour = scanner.number(upTo: 2), scanner.take(0x3A),
      let minute = scanner.number(upTo: 2), scanner.take(0x3A), let second = scanner.number(upTo: 2), scanner.take(0x20),
      let half = scanner.next(), scanner.take(0x4D) || scanner.take(0x6D)
    else { return false }
    (hasTime, isTwelveHour) = (true, true)
    (self.hour, self.minute, self.second) = (hour.value % 12 + (half | 0x20 == 0x70 ? 12 : 0), minute.value, second.value)
    return 1...12 ~= hour.value && minute.value < 60 && second.value < 60 && (half | 0x20 == 0x70 || half | 0x20 == 0x61)
  }
}

/// Takes digits and signs off the front of a text.
private struct DateScanner {
  private let text: UnsafeBufferPointer<UInt8>
  private var place = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  var isAtEnd: Bool { place == text.count }
  var peek: UInt8? { place < text.count ? text[place] : nil }

  mutating func next() -> UInt8? {
    guard place < text.count else { return nil }
    place += 1
    return text[place - 1]
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard place < text.count, text[place] == byte else { return false }
    place += 1
    return true
  }

  mutating func digit() -> Int? {
    guard place < text.count, text[place] &- 0x30 <= 9 else { return nil }
    place += 1
    return Int(text[place - 1] &- 0x30)
  }

  /// - Returns: nil when no digit comes next, or more than `limit` do
  mutating func number(upTo limit: Int) -> (value: Int, digits: Int)? {
    let first = place
    var value = 0
    while place - first < limit, let digit = digit() { value = value * 10 + digit }
    guard place > first, place == text.count || text[place] &- 0x30 > 9 else { return nil }
    return (value, place - first)
  }
}
