import Glibc
import TangorTables

/// What stays resident when a table has been written to a million times and a thousand views have come and gone.
enum MemoryCase {
  private static let keys = 50_000
  private static let updates = 1_000_000
  private static let views = 1_000

  static func run() throws {
    let schema = Schema([.init("key", .string), .init("group", .string), .init("value", .float64), .init("note", .string)])
    let table = try TableCore(schema: schema, index: "key")
    let rows = 100
    for start in stride(from: 0, to: keys, by: rows) { try write(table, start, rows, round: 0) }
    // As it is in use: each row has been written anew, and each kind of view has been there.
    for round in 1...keys / rows { try write(table, round &* 7_919 &* rows, rows, round: -round) }
    for number in 0..<30 { try useView(table, number) }
    let before = residentBytes()
    for round in 1...updates / rows { try write(table, round &* 7_919 &* rows, rows, round: round) }
    let afterUpdates = residentBytes()
    for number in 0..<views {
      try useView(table, number)
      try write(table, number * rows, rows, round: number)
    }
    let after = residentBytes()
    print("resident before: \(before / 1_048_576) MiB")
    print("after \(updates) updates over \(keys) keys: \(change(afterUpdates, before)) %")
    print("after \(views) views made and deleted: \(change(after, before)) %")
  }

  private static func change(_ after: Int, _ before: Int) -> Double {
    Double((Double(after - before) / Double(before) * 1_000).rounded()) / 10
  }

  private static func write(_ table: TableCore, _ start: Int, _ count: Int, round: Int) throws {
    let numbers = (0..<count).map { (start &+ $0 &* 31) % keys }
    try table.update(
      Batch(
        rowCount: count,
        columns: [
          BatchColumn("key", .text(TextVector(numbers.map { "key \($0)" }))),
          BatchColumn("group", .text(TextVector(numbers.map { "group \(($0 &+ round) % 100)" }))),
          BatchColumn("value", .float64(Vector(numbers.map { Double($0 &+ round) }))),
          // Texts that are never seen again.
          BatchColumn("note", .text(TextVector(numbers.map { "note \($0) of round \(round)" }))),
        ]))
    table.poll()
  }

  private static func useView(_ table: TableCore, _ number: Int) throws {
    let configurations = [
      ViewConfiguration(columns: ["value"], groupBy: ["group"]),
      ViewConfiguration(columns: ["value"], groupBy: ["group", "key"]),
      ViewConfiguration(columns: ["value"], groupBy: ["group"], aggregates: ["value": ["median"]]),
      ViewConfiguration(columns: ["value"], splitBy: ["group"]),
      ViewConfiguration(sort: [.init("value", .descending)]),
      ViewConfiguration(filter: [.init("value", ">", [.number(25_000)])], sort: [.init("note", .ascending)]),
    ]
    let view = try table.makeView(configurations[number % configurations.count])
    precondition(view.slice(.all, keys: false).rowCount > 0)
  }

  /// The memory of the process that is resident when it has been idle, in bytes.
  private static func residentBytes() -> Int {
    // When nothing is done for a while, freed memory goes back to the system.
    sleep(4)
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [UInt8](repeating: 0, count: 128)
    let length = fread(&line, 1, line.count, file)
    let words = String(decoding: line[..<length], as: UTF8.self).split(separator: " ")
    return words.count > 1 ? (Int(words[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
  }
}
