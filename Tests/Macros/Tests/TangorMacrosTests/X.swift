import Testing
import TangorMacros

/// A sample.
@Live final class Sample {
  /// The a.
  var a = 1
  @Tracked var b = "x"
  @Tracked private(set) var c = [1]
  private(set) var d: Double? = nil
  var double: Int { get { a * 2 } set { a = newValue / 2 } }
  @ReadOnly var e = 1
  @Nested var inner = Inner()
  lazy var l = 5
  var seen = 0 { didSet { a += 1 } }

  /// Adds.
  /// - Parameters:
  ///   - x: The x.
  ///   - y: The y.
  @Requires("admin") @Locking @TimeLimit(.seconds(2))
  func add(_ x: Int, to y: Double = 2) throws -> Double {
    let it = "\"x\""
    return Double(x) + y + Double(it.count)
  }
  func it(_ it: Int, in: [Kind] = [.red]) {}
  func stream() -> some AsyncSequence<Int, Never> & Sendable { AsyncStream { $0.finish() } }
  func opt(_ x: Int? = nil) -> Int? { x }
  enum Kind: String, Codable { case red }
  #if DEBUG
    func debug() {}
  #endif
}

@Live final class Inner {
  var depth = 1
}

@Live actor Counter {
  var count = 0
  let name = "x"
  @Tracked var t = 1
  @Nested var inner = Inner()
  func add(_ n: Int) async throws -> Int { n }
  func sub(_ n: Int) -> Int { n }
}

@Test func x() { }
