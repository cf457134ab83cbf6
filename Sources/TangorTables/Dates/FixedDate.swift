/// The spellings that programs write, `2020-01-02` and `2020-01-02T03:04:05.678`, read without looking for others.
enum FixedDate {
  /// A real day in ten bytes.
  @inline(__always)
  static func day(_ text: UnsafePointer<UInt8>) -> CivilDate? {
    var wrong: UInt8 = 0
    func pair(_ place: Int) -> Int {
      let (high, low) = (text[place] &- 0x30, text[place + 1] &- 0x30)
      wrong |= (high > 9 || low > 9) ? 1 : 0
      return Int(high) * 10 + Int(low)
    }
    let date = CivilDate(year: pair(0) * 100 + pair(2), month: pair(5), day: pair(8))
    guard wrong == 0, text[4] == 0x2D, text[7] == 0x2D, date.month &- 1 < 12, date.month > 0, date.day > 0 else { return nil }
    return date.day <= 28 || date.day <= date.monthLength ? date : nil
  }

  /// A moment in milliseconds since 1970-01-01T00:00:00Z, of a real day, without an offset from UTC.
  ///
  /// - Returns: nil when the text is spelled in another way, and may yet be a moment
  @inline(__always)
  static func moment(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard text.count >= 19, text.count <= 29, let base = text.baseAddress, base[10] == 0x20 || base[10] == 0x54, let date = day(base) else {
      return nil
    }
    var wrong: UInt8 = 0
    func pair(_ place: Int) -> Int {
      let (high, low) = (base[place] &- 0x30, base[place + 1] &- 0x30)
      wrong |= (high > 9 || low > 9) ? 1 : 0
      return Int(high) * 10 + Int(low)
    }
    let (hour, minute, second) = (pair(11), pair(14), pair(17))
    guard wrong == 0, base[13] == 0x3A, base[16] == 0x3A, hour < 24, minute < 60, second < 60 else { return nil }
    var millisecond = 0
    if text.count > 19 {
      guard base[19] == 0x2E, text.count > 20 else { return nil }
      var scale = 100
      for place in 20..<text.count {
        let digit = base[place] &- 0x30
        guard digit <= 9 else { return nil }
        millisecond += Int(digit) * scale
        scale /= 10
      }
    }
    return Int64(date.dayNumber * millisecondsPerDay + ((hour * 60 + minute) * 60 + second) * 1000 + millisecond)
  }
}
