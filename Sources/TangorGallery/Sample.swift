import Tangor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The object `sample` of the gallery: one member of each kind.
final class Sample {
  /// Its changes go to the channel `a`.
  @Tracked var a = 1
  @Tracked var b = "test"
  @Tracked var c = [2, 3]
  @Tracked var d = ["e": 5]
  var note: String?
  var inner = Depth(1)
  private var visits = 0

  /// - Throws: `invalid_parameters` when the sum is no `Int`.
  func testSum(_ a: Int, _ b: Int) throws -> Int {
    print("summing \(a) + \(b)")
    // Standard output may be a pipe, which keeps lines back otherwise.
    fflush(nil)
    return try Self.sum(a, b)
  }

  /// - Throws: `invalid_parameters` when the sum is no `Int`.
  static func sum(_ a: Int, _ b: Int) throws -> Int {
    let (sum, overflows) = a.addingReportingOverflow(b)
    guard !overflows else { throw TangorError(.invalidParameters, "The sum is too large for a 64-bit integer.") }
    return sum
  }

  /// - Throws: `invalid_parameters` when the sum is no `Int`.
  func total() throws -> Int { try Self.sum(c.reduce(0, Self.sum), d.values.reduce(0, Self.sum)) }

  func visit() -> Int {
    visits += 1
    return visits
  }

  /// An object within an object.
  final class Depth: LiveObject {
    var depth: Int
    init(_ depth: Int) { self.depth = depth }

    static let interface = Interface<Depth>("An object within an object.") {
      Property("depth", \.depth, doc: "How deep it lies.")
      Method("deeper", doc: "Adds one to the depth.") { (it: Depth) in
        it.depth = try Sample.sum(it.depth, 1)
        return it.depth
      }
    }
  }
}

extension Sample: LiveObject {
  static let interface = Interface<Sample>("A sample with a member of each kind.") {
    Property("a", tracked: \.$a, doc: "A number; deleting it brings 1 back.").deletable { $0.a = 1 }
    Property("b", tracked: \.$b, doc: "A text.")
    Property("c", tracked: \.$c, doc: "A list.")
    Property("d", tracked: \.$d, doc: "A dictionary.")
    Property("note", \.note, doc: "A text, or nothing.")
    Object("inner", \.inner)
    Method("test_sum", parameters: [.init("a", label: "_"), .init("b", label: "_", default: 2)], doc: "Adds two numbers, and says so.") {
      (it: Sample, a: Int, b: Int) in try it.testSum(a, b)
    }
    Method("sum", parameters: [.init("a", label: "_"), .init("b", label: "_")], doc: "Adds two numbers on a thread of the pool.") {
      (_: Sample, a: Int, b: Int) in try Sample.sum(a, b)
    }
    Method("add", parameters: [.init("a", label: "_"), .init("b", label: "_")], doc: "Adds two numbers where the request arrives.") {
      (_: Sample, a: Int, b: Int) in try Sample.sum(a, b)
    }.synchronous()
    Method("total", doc: "The sum of the list and the dictionary.") { (it: Sample) in try it.total() }
    Method("visit", doc: "Counts its calls, which run one at a time.") { (it: Sample) in it.visit() }.locking()
    Method("count", parameters: [.init("limit", label: "to")], doc: "Counts from 1, as a stream.") { (_: Sample, limit: Int) in
      stride(from: 1, through: limit, by: 1)
    }
  }
}

/// The object `pause` of the gallery: one that many may use at the same time.
final class Pause: LiveObject, Sendable {
  static let interface = Interface<Pause>("Waits.") {
    Method(
      "wait", parameters: [.init("seconds", default: 1.0), .init("answer", default: "done")],
      doc: "Waits that long, up to a minute, and gives the answer back."
    ) { (_: Pause, seconds: Double, answer: String) async throws in
      guard (0...60).contains(seconds) else { throw TangorError(.invalidParameters, "'seconds' must be from 0 to 60.") }
      try await Task.sleep(for: .seconds(seconds))
      return answer
    }
  }
}
