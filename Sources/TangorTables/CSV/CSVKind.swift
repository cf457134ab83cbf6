/// What the cells of a column are, when nobody has declared it: the first of these that all cells satisfy.
enum CSVKind: Int, Comparable, CaseIterable {
  case null
  case int64
  case boolean
  case float64
  case date
  case datetime
  case string

  static func < (left: CSVKind, right: CSVKind) -> Bool { left.rawValue < right.rawValue }

  /// How it is stored; nil for cells without any value.
  var columnKind: ColumnKind? {
    switch self {
    case .null: nil
    case .int64: .int64
    case .boolean: .boolean
    case .float64: .float64
    case .date: .date
    case .datetime: .datetime
    case .string: .string
    }
  }

  var next: CSVKind { CSVKind(rawValue: rawValue + 1) ?? .string }

  /// The spellings of no value, in columns of anything but text.
  static func isNull(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    if text.isEmpty { return true }
    guard text.count <= 8, "#-1NNn".utf8.contains(text[0]) else { return false }
    return spellings.contains { $0.elementsEqual(text) }
  }

  private static let spellings: [[UInt8]] = [
    "null", "NULL", "NA", "N/A", "n/a", "#N/A", "#NA", "#N/A N/A", "nan", "NaN", "-nan", "-NaN", "1.#IND", "1.#QNAN", "-1.#IND", "-1.#QNAN",
  ].map { Array($0.utf8) }
}

/// What a cell of text is in a column of a kind.
enum CSVCell {
  @inline(__always)
  static func integer(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    NumberText.integer(text) ?? rareInteger(text)
  }

  private static func rareInteger(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    let trimmed = NumberText.trimmed(text)
    if trimmed.count < text.count, let value = NumberText.integer(trimmed) { return value }
    return NumberText.hexadecimal(trimmed)
  }

  /// - Returns: NaN for the text of it, which is no value
  @inline(__always)
  static func double(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    if let value = NumberText.double(text) { return value }
    let trimmed = NumberText.trimmed(text)
    return trimmed.count < text.count ? NumberText.double(trimmed) : nil
  }

  static func boolean(_ text: UnsafeBufferPointer<UInt8>) -> Bool? {
    switch text.count {
    case 1: text[0] == 0x31 ? true : text[0] == 0x30 ? false : nil
    case 4: isWord(text, "true") ? true : nil
    case 5: isWord(text, "false") ? false : nil
    default: nil
    }
  }

  /// Whether a text is a word in small letters, in capitals, or with a capital at its front. Both have the same length.
  private static func isWord(_ text: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
    // The bit that small letters have and capitals do not.
    let front = text[0] & 0x20
    let rest = text[1] & 0x20
    guard text[0] | 0x20 == word.utf8Start[0], front == 0 || rest != 0 else { return false }
    return (1..<text.count).allSatisfy { text[$0] == word.utf8Start[$0] & ~0x20 | rest }
  }
}

extension ColumnKind {
  /// The name of the kind where conversions of CSV complain.
  var csvName: String {
    switch self {
    case .float32: "float"
    case .float64: "double"
    case .boolean: "bool"
    case .date: "date64[ms]"
    case .datetime: "timestamp[ms]"
    default: rawValue
    }
  }
}
