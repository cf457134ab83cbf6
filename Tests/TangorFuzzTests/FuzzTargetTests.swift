import Foundation
import TangorTesting
import Testing

/// A short walk over every target, the same in every run. `Tests/Fuzz` lets a fuzzer look for hours.
@Suite struct FuzzTargetTests {
  @Test(arguments: FuzzTarget.allCases) func seedsAreTaken(target: FuzzTarget) async throws {
    #expect(target.seeds.count >= 8)
    try await target.run([])
    for seed in target.seeds { try await target.run(seed) }
  }

  @Test(arguments: FuzzTarget.allCases) func seedsWithMistakes(target: FuzzTarget) async throws {
    for seed in 0..<400 {
      var random = SeededGenerator(seed: UInt64(seed))
      var bytes = target.seeds.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 1...5, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0 ... .max, using: &random)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...9, using: &random)))
        case 2: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 12)], at: Int.random(in: 0...place, using: &random))
        default: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
      }
      try await target.run(bytes)
    }
  }

  /// What a fuzzer has found, by the name of its target.
  static let regressions: [(target: FuzzTarget, file: URL)] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Regressions")
    return FuzzTarget.allCases.flatMap { target -> [(target: FuzzTarget, file: URL)] in
      let place = folder.appending(path: target.rawValue)
      let names = ((try? FileManager.default.contentsOfDirectory(atPath: place.path())) ?? []).sorted()
      return names.map { (target, place.appending(path: $0)) }
    }
  }()

  @Test(arguments: regressions) func staysRight(target: FuzzTarget, file: URL) async throws {
    try await target.run(Array(Data(contentsOf: file)))
  }
}
