import Glibc
import TangorTesting
import Testing

@testable import TangorTables

/// Damaged and invented input: a reader may refuse it or make something of it, and never traps. What it makes can be written.
///
/// `TANGOR_FUZZ_SECONDS` lets each of these run for so long, on seeds that differ from run to run.
@Suite struct FuzzTests {
  /// Seeds for a short run, or for as long as the environment says.
  static func seeds(_ count: Int, _ body: (UInt64) throws -> Void) rethrows {
    guard let text = getenv("TANGOR_FUZZ_SECONDS"), let seconds = Int(String(cString: text)) else {
      for seed in 0..<UInt64(count) { try body(seed) }
      return
    }
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    while clock.now < end {
      let seed = UInt64.random(in: 0 ... .max)
      try body(seed)
    }
  }

  /// Bytes with a few mistakes in them.
  static func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<7, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0 ... .max, using: &random)
      case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 2: bytes.removeLast(Int.random(in: 0...min(bytes.count, 64), using: &random))
      case 3: bytes.insert(bytes[place], at: Int.random(in: 0...bytes.count, using: &random))
      case 4: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...8, using: &random)))
      case 5:
        // A word of its own: lengths and offsets stand in four or eight bytes.
        let word = [0, 1, -1, .min, .max, Int32(bytes.count)].randomElement(using: &random) ?? 0
        withUnsafeBytes(of: word) { word in
          for (index, byte) in word.enumerated() where place / 4 * 4 + index < bytes.count { bytes[place / 4 * 4 + index] = byte }
        }
      default:
        let end = min(bytes.count, place + Int.random(in: 1...32, using: &random))
        bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
      }
    }
    return bytes
  }

  /// Looks at every cell of what was read, and writes it in every form.
  static func consume(_ batch: Batch) throws {
    #expect(batch.columns.allSatisfy { $0.values.count == batch.rowCount })
    #expect(batch.columns.allSatisfy { $0.validity.map { $0.count == batch.rowCount } ?? true })
    #expect(batch.columns.allSatisfy { $0.presence.map { $0.count == batch.rowCount } ?? true })
    guard batch.rowCount * max(batch.columns.count, 1) <= 100_000 else { return }
    #expect(!batch.text.utf8.isEmpty || batch.columns.isEmpty)
    _ = CSVText.text(batch)
    _ = JSONText(batch, isFormatted: true).objects()
    let again = try ArrowReader.read(Vector(ArrowWriter.stream(batch)))
    #expect(again.rowCount == batch.rowCount)
  }

  @Test func arrow() throws {
    let seedData = ArrowFixture.readable.map { Array($0.data) }
    try Self.seeds(4000) { seed in
      var random = SeededGenerator(seed: seed)
      let bytes = Self.mutated(seedData.randomElement(using: &random) ?? [], &random)
      let lists = ListFlatten.allCases.randomElement(using: &random) ?? .zip
      let limits = ArrowLimits(maximumRows: 10_000, maximumDecompressedBytes: 1 << 20)
      guard let batch = try? ArrowReader.read(Vector(bytes), listFlatten: lists, limits: limits) else { return }
      try Self.consume(batch)
    }
  }

  @Test func everyPrefixOfArrowIsRefusedOrRead() throws {
    for fixture in ArrowFixture.readable {
      let bytes = Array(fixture.data)
      for count in stride(from: 0, to: bytes.count, by: 7) { _ = try? ArrowReader.read(Vector(bytes[..<count])) }
    }
  }

  static let texts: [[UInt8]] = [
    "a,b,c\n1,x,2020-01-02\n2,\"y\"\"z\",2020-01-03 04:05:06\n,,\n-5,\"l\nm\",NA\n",
    "i,f,b\r\n1,1.5,true\r\n0x1F,1e300,false\r\nNA,inf,1\r\n9223372036854775807,-0.0,0\r\n",
    "é,é,\n\"1\",\"1/2/2020, 3:04:05 AM\",😀\n",
  ].map { Array($0.utf8) }

  static let schema = Schema(
    [
      .init("a", .int8), .init("b", .string), .init("c", .datetime), .init("i", .uint64), .init("f", .float32), .init("é", .date),
      .init("a.b", .boolean), .init("__INDEX__", .int64),
    ])

  @Test func csv() throws {
    try Self.seeds(4000) { seed in
      var random = SeededGenerator(seed: seed)
      let bytes = Self.mutated(Self.texts.randomElement(using: &random) ?? [], &random)
      for schema in [nil, Self.schema] {
        let whole = Result { try bytes.withUnsafeBytes { try CSVReader.read($0, schema: schema, threads: 1) } }
        let length = Int.random(in: 1...40, using: &random)
        let parts = Result { try bytes.withUnsafeBytes { try CSVReader.read($0, schema: schema, threads: 1, blockLength: length) } }
        switch (whole, parts) {
        case (.success(let whole), .success(let parts)):
          #expect(whole.text == parts.text)
          try Self.consume(whole)
        case (.failure, .failure): break
        default: Issue.record("seed \(seed): in parts \(parts), as a whole \(whole)")
        }
      }
    }
  }

  static let json: [[UInt8]] = [
    #"[{"a":1,"b":"x","c":"2020-01-02","d":{"e":[1,2,{"f":null}]}},{"a":2.5,"b":null},{"c":"2020-01-03T04:05:06Z","a":"7"}]"#,
    #"[{"a":true,"b":[1,[2,3]],"c":[]},{"a":"FALSE","i":12345678901,"é":"\ud83d\ude00\n"},{},{"a.b":1}]"#,
    #"{"a":[1,2,null,"3"],"b":["x",1,2.5,true],"c":["2020-01-02 03:04:05",5],"i":[[1,2],{"x":1}]}"#,
    "{\"a\":1}\n{\"a\":[1,2],\"b\":\"x\"}\n\n{\"f\":-1.5e-7}\n",
  ].map { Array($0.utf8) }

  @Test func jsonText() throws {
    try Self.seeds(4000) { seed in
      var random = SeededGenerator(seed: seed)
      let bytes = Self.mutated(Self.json.randomElement(using: &random) ?? [], &random)
      let lists = ListFlatten.allCases.randomElement(using: &random) ?? .zip
      for schema in [nil, Self.schema] {
        let batches = bytes.withUnsafeBytes { bytes in
          [
            try? JSONTableReader.rows(bytes, schema: schema, listFlatten: lists, index: "a"),
            try? JSONTableReader.columns(bytes, schema: schema, listFlatten: lists, index: "b"),
            try? JSONTableReader.ndjson(bytes, schema: schema, listFlatten: lists),
          ]
        }
        for case let batch? in batches { try Self.consume(batch) }
      }
    }
  }

  @Test func dates() {
    let samples = DateTextTests.cases.map { Array($0.text.utf8) }
    Self.seeds(20_000) { seed in
      var random = SeededGenerator(seed: seed)
      Self.mutated(samples.randomElement(using: &random) ?? [], &random).withUnsafeBufferPointer { text in
        if let moment = DateText.strictDatetime(text) { #expect(DateText.datetime(text) == moment) }
        if case .date(let day) = DateText.guess(text) { #expect(DateText.date(text) == day) }
      }
    }
  }
}
