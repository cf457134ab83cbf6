import TangorCore

/// The last lines that a program printed, as a pure value: bounded by their number and by their bytes.
struct LineRing: Sendable {
  let maximumLines: Int
  let maximumBytes: Int

  /// The lines, the oldest at `start`; what is before it is empty and goes when it is half of all.
  private var lines: [ProgramLine?] = []
  private var start = 0
  private var byteCount = 0
  private var assemblers: [OutputStream: LineAssembler] = [:]
  /// The number of the line that was completed last.
  private(set) var lastIndex = 0
  /// The number of the last line that a drain gave out, or lost.
  private var drainedIndex = 0
  /// Whether nothing follows.
  private(set) var isFinished = false

  /// - Parameters:
  ///   - maximumLines: How many lines are kept.
  ///   - maximumSize: How many bytes of text they may have together; a line of more than a sixteenth of it is cut into pieces.
  init(maximumLines: Int, maximumSize: ByteSize) {
    self.maximumLines = max(maximumLines, 1)
    maximumBytes = max(maximumSize.bytes, 64)
    let assembler = LineAssembler(longestLine: maximumBytes / 16)
    for stream in OutputStream.allCases { assemblers[stream] = assembler }
  }

  /// How many lines are kept.
  var count: Int { lines.count - start }

  /// The number of the oldest line that is kept; that of the next one to come when there is none.
  var firstIndex: Int { lastIndex - count + 1 }

  /// Takes in what a program printed.
  ///
  /// - Returns: Whether it completed a line.
  mutating func append(_ bytes: UnsafeRawBufferPointer, from stream: OutputStream) -> Bool {
    guard !isFinished, var assembler = assemblers[stream] else { return false }
    var texts: [String] = []
    let skipped = assembler.append(bytes, keepingLast: maximumLines) { texts.append($0) }
    assemblers[stream] = assembler
    if skipped > 0 {
      // The lines behind those passed over fill the ring, so that the numbers in it stay without gaps.
      removeAll()
      lastIndex += skipped
    }
    for text in texts { add(text, stream) }
    return !texts.isEmpty
  }

  /// Gives out the lines that have begun, and takes nothing more.
  mutating func finish() {
    guard !isFinished else { return }
    isFinished = true
    for stream in OutputStream.allCases {
      var text: String?
      assemblers[stream]?.finish { text = $0 }
      if let text { add(text, stream) }
    }
    assemblers = [:]
  }

  /// Lines behind a place.
  ///
  /// - Parameters:
  ///   - after: The number of the last line that is known already.
  ///   - most: How many lines at most.
  func page(after index: Int, max most: Int) -> ProgramLog.Page {
    let first = max(index + 1, firstIndex)
    let last = min(lastIndex, first + max(most, 0) - 1)
    guard first <= last else {
      return ProgramLog.Page(lines: [], next: max(index, firstIndex - 1), isFinished: isFinished && first > lastIndex)
    }
    let offset = start - firstIndex
    let found = lines[(first + offset)...(last + offset)].compactMap { $0 }
    return ProgramLog.Page(lines: found, next: last, isFinished: isFinished && last == lastIndex)
  }

  /// Each line once.
  mutating func drain() -> ProgramLog.Drained {
    var drained = ProgramLog.Drained(lost: max(firstIndex - 1 - drainedIndex, 0))
    for line in page(after: drainedIndex, max: count).lines {
      switch line.stream {
      case .standardOutput: drained.standardOutput.append(line.text + "\n")
      case .standardError: drained.standardError.append(line.text + "\n")
      }
    }
    drainedIndex = lastIndex
    return drained
  }

  private mutating func add(_ text: String, _ stream: OutputStream) {
    lastIndex += 1
    lines.append(ProgramLine(index: lastIndex, stream: stream, text: text))
    byteCount += text.utf8.count
    while count > maximumLines || byteCount > maximumBytes { removeFirst() }
    if start > 32, start * 2 > lines.count {
      lines.removeFirst(start)
      start = 0
    }
  }

  private mutating func removeFirst() {
    byteCount -= lines[start]?.text.utf8.count ?? 0
    lines[start] = nil
    start += 1
  }

  private mutating func removeAll() {
    lines.removeAll(keepingCapacity: true)
    start = 0
    byteCount = 0
  }
}
