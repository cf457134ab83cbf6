public import TangorMacros

/// A sample.
@Live final class Sample {
  /// The first value.
  var a = 1
  @Tracked var b = "x"
  private(set) var sum = 0.5
  var maybe: Int?
  let fixed = [1, 2]
  var double: Int {
    get { a * 2 }
    set { a = newValue / 2 }
  }
  @ReadOnly var still = 1
  @Requires("admin") var key = "k"
  @Hidden var hidden = Unserved()
  private var secret = "s"
  var _internal = 1
  @Nested var inner = Inner()
  @Nested weak var spare: Inner?

  /// Adds.
  /// - Parameter x: The first.
  func add(_ x: Int, to y: Double = 2) -> Double {
    sum = Double(x) + y
    return sum
  }
  @Synchronous func fail(_ text: String = "it \"fails\"") throws { throw Failure(text: text) }
  @Locking @TimeLimit(.seconds(2)) @MaxStartDelay(.seconds(1)) func reset(kinds: [Kind] = [.red], in: Kind? = nil) -> [Kind] { kinds }
  func numbers(upTo n: Int) -> StrideTo<Int> { stride(from: 0, to: n, by: 1) }
  func later() -> some AsyncSequence<Int, Never> & Sendable { AsyncStream<Int> { $0.finish() } }
  #if DEBUG
  func debug() -> Bool { true }
  #endif

  enum Kind: String, Codable { case red }
  struct Unserved {}
  struct Failure: Error { var text: String }
}

/// Lies within.
@Live(capturesSource: false) final class Inner {
  var depth = 1
}

@Live final class Shared: Sendable {
  let level = TrackedValue(0.5)
  func later(_ n: Int) async throws -> Int { n + 1 }
  @MainActor func main(_ n: Int) -> Int { n + 2 }
}

@Live public actor Counter {
  var count = 0
  private(set) var total = 0
  nonisolated let name = "counter"
  @Tracked var level = 1
  @Tracked private(set) var peak = 1
  @Nested let inner = Inner()
  public init() {}
  func add(_ n: Int, times: Int = 1) -> Int {
    count += n * times
    return count
  }
  func later(_ n: Int) async throws -> Int { n }
}

enum Outer {
  @Live fileprivate final class Within {
    var a = 1
  }
  static var hasInterface: Bool { Within.interface.doc.isEmpty }
}

/// Says by itself what it is.
@Live final class Declared: LiveObject {
  var a = 1
}

/// Texts that are hard to write as literals.
@Live final class Texts {
  func join(
    _ first: String = "" + "x",  // the first
    with: String = """
    a "quoted"
      b\n
    """
  ) -> String { first + #""\("# + with + "\(first)" }
  var a = "\"#"
  var b = """
    c
    """
}
