import Testing

@testable import Tangor

/// What later sections need: lists and mappings of structures.
@Suite struct ConfigurationSchemaTests {
  struct Table: Sendable, Equatable {
    var source = ""
    var limit: Int?
    var format = Format()
    struct Format: Sendable, Equatable { var strict = false }
  }

  struct Root: Sendable {
    var list: [Table] = []
    var map: [String: Table] = [:]
  }

  static let table = ConfigurationSchema<Table>([
    .init("source", aliases: ["file"], \.source, .path, "The file."),
    .init("limit", \.limit, .optional(.integer(in: 1...10)), "Rows."),
    .init("format.strict", \.format.strict, .boolean, "Whether."),
  ])

  static let root = ConfigurationSchema<Root>([
    .init("list", \.list, .list(.record(table, Table())), "Tables."),
    .init("map", \.map, .map(.record(table, Table())), "Tables by name."),
  ])

  private func load(_ yaml: String) -> (Root, [String]) {
    var reading = ConfigurationReading()
    var root = Root()
    var given: [String: ConfigurationPlace] = [:]
    let node = ConfigurationDocument.read(yaml, place: { .position(file: "f", line: $0, column: $1) }, &reading)
    if case .map(let entries)? = node?.content { Self.root.read(entries, into: &root, given: &given, &reading) }
    return (root, reading.findings.map(\.description))
  }

  @Test func structuresAreReadInListsAndMappings() {
    let (root, findings) = load("list: [{file: a, limit: 3, format: {strict: true}}, {source: b}]\nmap: {My-Name: {source: c}}")
    #expect(findings.isEmpty)
    #expect(root.list == [Table(source: "a", limit: 3, format: .init(strict: true)), Table(source: "b")])
    #expect(root.map == ["My-Name": Table(source: "c")])
  }

  @Test func findingsNameTheWholePath() {
    let (root, findings) = load("list:\n  - sourze: a\n  - {limit: 11, file: a, source: b}\nmap:\n  x: {format: {strict: 3}}\n  y: 4\n")
    #expect(root.list.isEmpty && root.map.isEmpty)
    #expect(
      findings == [
        "f:2:5: unknown key 'list[0].sourze'; did you mean 'source'?",
        "f:3:13: 'list[1].limit' must be an integer from 1 to 10, not '11'",
        "f:3:26: 'list[1].source' is given twice; it stands first on line 3",
        "f:5:24: 'map.x.format.strict' must be true or false, not '3'",
        "f:6:6: 'map.y' must be a mapping with keys of 'source', 'limit', 'format.strict', not '4'",
      ])
  }

  @Test func whatIsWrittenReadsBack() throws {
    let (root, _) = load("list: [{source: a, limit: 3}]\nmap: {x: {source: 'y: z', format: {strict: true}}}")
    let text = Self.root.keys.map { "\($0.name): \($0.value(root)?.flowText ?? "~")" }.joined(separator: "\n")
    let (again, findings) = load(text)
    #expect(findings.isEmpty)
    #expect(again.list == root.list && again.map == root.map)
  }

  @Test func editDistanceCountsSwapsOnce() {
    #expect("lease".editDistance(to: "lease", limit: 2) == 0)
    #expect("leese".editDistance(to: "lease", limit: 2) == 1)
    #expect("laese".editDistance(to: "lease", limit: 2) == 1)
    #expect("leas".editDistance(to: "please", limit: 2) == 2)
    #expect("".editDistance(to: "ab", limit: 2) == 2)
    #expect("abcdef".editDistance(to: "ab", limit: 3) == nil)
  }
}
