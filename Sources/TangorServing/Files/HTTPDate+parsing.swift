extension HTTPDate {
  /// Reads the preferred form and the two obsolete ones that RFC 9110 asks recipients to take:
  /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`.
  ///
  /// - Parameters:
  ///   - text: The field's value.
  ///   - currentYear: The year now. A year of two digits that would lie over 50 years ahead means the century before.
  package init?(parsing text: some StringProtocol, currentYear: Int) {
    var reader = Reader(bytes: Array(text.utf8))
    guard let weekday = reader.letters(), weekday.count >= 3 else { return nil }
    let parts: (year: Int, month: Int, day: Int)
    let time: (hour: Int, minute: Int, second: Int)
    if reader.skip(",") {
      guard Self.weekdays.contains(where: { weekday.starts(with: $0.utf8) }), reader.skip(" "), let day = reader.number(digits: 2)
      else { return nil }
      if reader.skip("-") {
        guard let month = reader.month(), reader.skip("-"), let short = reader.number(digits: 2), reader.skip(" "),
          let clock = reader.time()
        else { return nil }
        var year = currentYear - currentYear % 100 + short
        if year > currentYear + 50 { year -= 100 }
        (parts, time) = ((year, month, day), clock)
      } else {
        guard weekday.count == 3, reader.skip(" "), let month = reader.month(), reader.skip(" "),
          let year = reader.number(digits: 4), reader.skip(" "), let clock = reader.time()
        else { return nil }
        (parts, time) = ((year, month, day), clock)
      }
      guard reader.skip(" "), let zone = reader.letters(), zone.elementsEqual("GMT".utf8) else { return nil }
    } else {
      guard weekday.count == 3, Self.weekdays.contains(where: { weekday.elementsEqual($0.utf8) }), reader.skip(" "),
        let month = reader.month(), reader.skip(" "),
        let day = reader.skip(" ") ? reader.number(digits: 1) : reader.number(digits: 2), reader.skip(" "),
        let clock = reader.time(), reader.skip(" "), let year = reader.number(digits: 4)
      else { return nil }
      (parts, time) = ((year, month, day), clock)
    }
    guard reader.isAtEnd else { return nil }
    self.init(
      year: parts.year, month: parts.month, day: parts.day, hour: time.hour, minute: time.minute, second: time.second)
  }

  private struct Reader {
    var bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
      guard position < bytes.count, bytes[position] == UInt8(ascii: scalar) else { return false }
      position += 1
      return true
    }

    mutating func letters() -> ArraySlice<UInt8>? {
      let start = position
      while position < bytes.count, (bytes[position] | 0x20) >= UInt8(ascii: "a"), (bytes[position] | 0x20) <= UInt8(ascii: "z") {
        position += 1
      }
      return position > start ? bytes[start..<position] : nil
    }

    mutating func month() -> Int? {
      guard let name = letters(), let index = HTTPDate.months.firstIndex(where: { name.elementsEqual($0.utf8) }) else { return nil }
      return index + 1
    }

    mutating func number(digits: Int) -> Int? {
      guard position + digits <= bytes.count else { return nil }
      var value = 0
      for _ in 0..<digits {
        let digit = bytes[position] &- UInt8(ascii: "0")
        guard digit <= 9 else { return nil }
        value = value * 10 + Int(digit)
        position += 1
      }
      return value
    }

    mutating func time() -> (hour: Int, minute: Int, second: Int)? {
      guard let hour = number(digits: 2), skip(":"), let minute = number(digits: 2), skip(":"), let second = number(digits: 2)
      else { return nil }
      return (hour, minute, second)
    }
  }
}
