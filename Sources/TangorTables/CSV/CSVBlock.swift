/// Some whole rows of a CSV text, taken apart into cells.
struct CSVBlock {
  /// A cell: where it starts in the block, its bytes, and whether quotes are still in it.
  struct Cell {
    private let bits: UInt64

    @inline(__always)
    init(start: Int, count: Int, isQuoted: Bool) {
      bits = UInt64(truncatingIfNeeded: start) | UInt64(truncatingIfNeeded: count) << 32 | (isQuoted ? 1 << 63 : 0)
    }

    var start: Int { Int(bits & 0xFFFF_FFFF) }
    var count: Int { Int(bits >> 32 & 0x7FFF_FFFF) }
    /// Whether the cell has to go through ``CSVBlock/unquoted(_:)``.
    var isQuoted: Bool { bits >> 63 == 1 }
  }

  enum Failure: Error {
    /// A row with another number of cells than there are columns: its number of cells and its text.
    case ragged(Int, Range<Int>)
    case unclosedQuote
    case tooLong
    /// A name stands too often in the header.
    case repeatedName(String)
  }

  let text: UnsafeBufferPointer<UInt8>
  let columnCount: Int
  /// Row after row.
  private(set) var cells: [Cell] = []
  /// Where the rows end: at the first row that begins at or behind the bound.
  private(set) var end = 0

  var rowCount: Int { columnCount == 0 ? 0 : cells.count / columnCount }

  /// The longest block: places in it are kept in 31 bits.
  private static let maximumLength = 1 << 31 - 1

  /// Takes rows apart that begin before `bound`.
  ///
  /// - Parameters:
  ///   - text: the rest of the text, from the first row of the block on
  ///   - bound: bytes of it
  ///   - columnCount: how many cells each row must have; nil for one row of any number
  init(_ text: UnsafeBufferPointer<UInt8>, bound: Int, columnCount: Int?) throws(Failure) {
    self.text = text
    self.columnCount = columnCount ?? 0
    cells.reserveCapacity(columnCount == nil ? 16 : min(bound, 1 << 22) / 6)
    guard let base = text.baseAddress else { return }
    var place = 0
    while place < min(bound, text.count) {
      if base[place] == 0x0A || base[place] == 0x0D {
        place += 1
        continue
      }
      let rowStart = place
      let before = cells.count
      place = try takeRow(base, from: place)
      if place > Self.maximumLength { throw .tooLong }
      guard let columnCount else { break }
      if cells.count - before != columnCount { throw .ragged(cells.count - before, rowStart..<place) }
      place = afterLineEnd(base, place)
    }
    if columnCount == nil, place < text.count { place = afterLineEnd(base, place) }
    end = place
  }

  private func afterLineEnd(_ base: UnsafePointer<UInt8>, _ place: Int) -> Int {
    guard place < text.count else { return place }
    return base[place] == 0x0D && place + 1 < text.count && base[place + 1] == 0x0A ? place + 2 : place + 1
  }

  /// - Returns: where the row's line ends
  @inline(__always)
  private mutating func takeRow(_ base: UnsafePointer<UInt8>, from start: Int) throws(Failure) -> Int {
    var place = start
    while true {
      let first = place
      if place < text.count, base[place] == 0x22 {
        place = try takeQuoted(base, from: place)
      } else {
        place = plainEnd(base, from: place)
        cells.append(Cell(start: first, count: place - first, isQuoted: false))
      }
      guard place < text.count, base[place] == 0x2C else { return place }
      place += 1
    }
  }

  /// Takes a cell that begins with a quote.
  private mutating func takeQuoted(_ base: UnsafePointer<UInt8>, from first: Int) throws(Failure) -> Int {
    var place = first + 1
    var hasEscape = false
    while true {
      while text.count - place >= 8 {
        let word = UInt64(littleEndian: UnsafeRawPointer(base + place).loadUnaligned(as: UInt64.self)) ^ 0x2222_2222_2222_2222
        let marks = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
        if marks != 0 {
          place += marks.trailingZeroBitCount / 8
          break
        }
        place += 8
      }
      while place < text.count, base[place] != 0x22 { place += 1 }
      guard place < text.count else { throw .unclosedQuote }
      guard place + 1 < text.count, base[place + 1] == 0x22 else { break }
      hasEscape = true
      place += 2
    }
    let end = plainEnd(base, from: place + 1)
    if hasEscape || end > place + 1 {
      cells.append(Cell(start: first, count: end - first, isQuoted: true))
    } else {
      cells.append(Cell(start: first + 1, count: place - first - 1, isQuoted: false))
    }
    return end
  }

  /// The first comma or line end at or after a place, or the end of the text.
  @inline(__always)
  private func plainEnd(_ base: UnsafePointer<UInt8>, from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    var place = start
    while text.count - place >= 8 {
      let word = UInt64(littleEndian: UnsafeRawPointer(base + place).loadUnaligned(as: UInt64.self))
      let commas = word ^ (ones &* 0x2C)
      let feeds = word ^ (ones &* 0x0A)
      let returns = word ^ (ones &* 0x0D)
      // Only the lowest mark is exact, which is the one looked at.
      let marks = ((commas &- ones) & ~commas | (feeds &- ones) & ~feeds | (returns &- ones) & ~returns) & highs
      if marks != 0 { return place + marks.trailingZeroBitCount / 8 }
      place += 8
    }
    while place < text.count, base[place] != 0x2C, base[place] != 0x0A, base[place] != 0x0D { place += 1 }
    return place
  }

  /// The bytes of a cell; those of a quoted one still with their quotes.
  @inline(__always)
  func bytes(_ cell: Cell) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: text[cell.start..<cell.start + cell.count])
  }

  /// What a quoted cell means: two quotes are one, and what stands behind the closing one belongs to it.
  func unquoted(_ cell: Cell) -> [UInt8] {
    let raw = bytes(cell)
    var result: [UInt8] = []
    result.reserveCapacity(raw.count)
    var place = 1
    var isOpen = true
    while place < raw.count {
      if isOpen, raw[place] == 0x22 {
        if place + 1 < raw.count, raw[place + 1] == 0x22 {
          place += 1
          result.append(0x22)
        } else {
          isOpen = false
        }
      } else {
        result.append(raw[place])
      }
      place += 1
    }
    return result
  }
}
