import TangorTesting
import Testing

@testable import Tangor

@Suite struct ConfigurationBoundsTests {
  @Test func repeatedAliasesDoNotGrowWithoutEnd() {
    var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...40 {
      yaml += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", "))]\n"
    }
    let lines = findings(yaml)
    #expect(lines.contains { $0.contains("has more than 100000 values, counting those that aliases repeat") })
  }

  @Test func keysMadeOfAliasesDoNotGrowWithoutEnd() {
    var explicit = "? &k0 [x, x]\n: 1\n"
    var flow = "&k0 [x, x]: 1\n"
    var inner = "a: {?&k0 [x,x]: 1}\n"
    for level in 1...60 {
      explicit += "? &k\(level) [*k\(level - 1), *k\(level - 1)]\n: 1\n"
      flow += "&k\(level) [*k\(level - 1), *k\(level - 1)] : 1\n"
      inner += "a\(level): {?&k\(level) [*k\(level - 1),*k\(level - 1)]: 1}\n"
    }
    for yaml in [explicit, flow, inner] {
      #expect(findings(yaml) == ["tangor.yaml:1:1: keys that are not plain words cannot stand beside more than 16 aliases"])
    }
  }

  @Test(arguments: [
    String(repeating: "[", count: 200_000), String(repeating: "{a: ", count: 100_000), String(repeating: "- ", count: 100_000),
    "x: " + String(repeating: "[", count: 900) + String(repeating: "]", count: 900),
    String(repeating: "? ", count: 100_000),
    (0..<700).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
  ])
  func deepNestingIsRefused(yaml: String) {
    #expect(!findings(yaml).isEmpty)
  }

  @Test func aLargeFileIsRefused() {
    #expect(findings("# " + String(repeating: "x", count: 1 << 20)).first?.contains("larger than 1 MiB") == true)
  }

  @Test func manyRepeatedKeysEnd() {
    let lines = findings((0..<500).map { "key\($0): 1\nkey\($0): 2\n" }.joined())
    #expect(!lines.isEmpty)
  }

  /// Seeded mutations of a valid file: reading them ends, and says something or gives values.
  @Test(arguments: 0..<8)
  func mutatedFilesNeverTrap(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let original = Array(ConfigurationPrinter.text(of: TangorConfiguration()).utf8) + Array("a: &a {b: *a}\n? [x]\n: |\n  y\n".utf8)
    let pieces = [
      "*a", "&a ", "<<: ", "? ", "- ", ": ", "\n", "\t", "[", "]", "{", "}", "'", "\"", "|", ">", "#", "%", "!!int ", "\u{0}", "é", "---\n",
      "\\x", ",",
    ]
    for _ in 0..<250 {
      let start = Int.random(in: 0..<original.count, using: &generator)
      var bytes = Array(original[start..<min(original.count, start + 600)])
      for _ in 0..<Int.random(in: 1...8, using: &generator) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: place)
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + 20))
        default: bytes.insert(contentsOf: Array((pieces.randomElement(using: &generator) ?? "").utf8), at: place)
        }
      }
      var loader = ConfigurationLoader()
      loader.read(yaml: String(decoding: bytes, as: UTF8.self), file: "tangor.yaml")
      #expect(loader.findings.allSatisfy { !$0.description.contains("\n") })
    }
  }
}
