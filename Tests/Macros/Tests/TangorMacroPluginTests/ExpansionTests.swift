import Testing

@testable import TangorMacroSources

struct ExpansionTests {
  @Test func writesAClass() {
    expectExpansion(
      of: """
        /// A sample.
        @Live(capturesSource: false) public final class Sample {
          /// The a.
          var a = 1
          let b: String
          @Tracked var c = "x"
          @Tracked private(set) var d = [1]
          private(set) var e: Double?
          var f: Int { a }
          var g: Int { get throws { a } }
          public var h: Int { get { a } set { a = newValue } }
          lazy var i = 5
          var j = 0 { didSet { a += 1 } }
          let level = TrackedValue(0.5)
          @Nested var inner = Inner()
          @ReadOnly var k = 1
          var l = 1, m = 2
          var `default` = 1
          private var secret = 1
          fileprivate let secrets = [1]
          static let shared = 1
          @Hidden var hidden = 1
          init() {}
          deinit {}
          struct Part {}
          static func == (a: Sample, b: Sample) -> Bool { true }
        }
        """,
      #"""
      /// A sample.
      public final class Sample {
        /// The a.
        var a = 1
        let b: String
        @Tracked var c = "x"
        @Tracked private(set) var d = [1]
        private(set) var e: Double?
        var f: Int { a }
        var g: Int { get throws { a } }
        public var h: Int { get { a } set { a = newValue } }
        lazy var i = 5
        var j = 0 { didSet { a += 1 } }
        let level = TrackedValue(0.5)
        var inner = Inner()
        var k = 1
        var l = 1, m = 2
        var `default` = 1
        private var secret = 1
        fileprivate let secrets = [1]
        static let shared = 1
        var hidden = 1
        init() {}
        deinit {}
        struct Part {}
        static func == (a: Sample, b: Sample) -> Bool { true }
      }

      extension Sample: LiveObject {
        public static let interface = Interface<Sample>("A sample.") {
          Property("a", \.a, doc: "The a.")
          Property("b", \.b)
          Property("c", tracked: \.$c)
          Property("d", tracked: \.$d)
            .readOnly()
          Property("e", \.e)
            .readOnly()
          Property("f", get: { $0.f })
          Property("g", get: { try $0.g })
          Property("h", get: { $0.h }, set: { $0.h = $1 })
          Property("i", get: { $0.i }, set: { $0.i = $1 })
          Property("j", \.j)
          Property("level", tracked: \.level)
          Object("inner", \.inner)
          Property("k", \.k)
            .readOnly()
          Property("l", \.l)
          Property("m", \.m)
          Property("default", \.`default`)
        }
      }
      """#)
  }

  @Test func writesMethods() {
    expectExpansion(
      of: """
        @Live(capturesSource: false) final class Sample {
          @Requires("admin") @Locking @Synchronous(false) @TimeLimit(.seconds(2)) @MaxStartDelay(.milliseconds(5)) @Marked("slow")
          func add(_ x: Int, to y: Int = 2) throws -> Int { 1 }
          func wait(for seconds: Double = 1, _: Bool = true) async {}
          func it(_ it: Int, in: [Kind] = [.red], kind: Kind = Kind.red) {}
          func none(_ no: Int! = nil, or number: Int = -0x2, text: String = "a\\n") -> () {}
          @MainActor func show(items: sending [Int]) {}
          func numbers() -> some AsyncSequence<Int, Never> { stream }
          func size(_ n: Int = Self.size + 1) -> (Int) { n }
          func `repeat`() {}
        }
        """,
      #"""
      final class Sample {

        func add(_ x: Int, to y: Int = 2) throws -> Int { 1 }
        func wait(for seconds: Double = 1, _: Bool = true) async {}
        func it(_ it: Int, in: [Kind] = [.red], kind: Kind = Kind.red) {}
        func none(_ no: Int! = nil, or number: Int = -0x2, text: String = "a\n") -> () {}
        @MainActor func show(items: sending [Int]) {}
        func numbers() -> some AsyncSequence<Int, Never> { stream }
        func size(_ n: Int = Self.size + 1) -> (Int) { n }
        func `repeat`() {}
      }

      extension Sample: LiveObject {
        static let interface = Interface<Sample> {
          Method(
            "add",
            parameters: [
              .init("x", label: "_"),
              .init("y", label: "to", default: 2),
            ]
          ) { (it: Sample, x: Int, y: Int) -> Int in
            try it.add(x, to: y)
          }
          .requires("admin")
          .locking()
          .synchronous(false)
          .timeLimit(.seconds(2))
          .maxStartDelay(.milliseconds(5))
          .marked("slow")
          Method(
            "wait",
            parameters: [
              .init("seconds", label: "for", default: 1 as Double, source: "1"),
              .init("arg1", label: "_", default: true),
            ]
          ) { (it: Sample, seconds: Double, arg1: Bool) in
            await it.wait(for: seconds, arg1)
          }
          .nonthrowing()
          Method(
            "it",
            parameters: [
              .init("it", label: "_"),
              .init("in", default: [.red] as [Kind], source: "[.red]"),
              .init("kind", default: Kind.red, source: "Kind.red"),
            ]
          ) { (me: Sample, it: Int, `in`: [Kind], kind: Kind) in
            me.it(it, in: `in`, kind: kind)
          }
          .nonthrowing()
          Method(
            "none",
            parameters: [
              .init("no", label: "_", default: nil as Int?, source: "nil"),
              .init("number", label: "or", default: -0x2, source: "-0x2"),
              .init("text", default: "a\n", source: #""a\n""#),
            ]
          ) { (it: Sample, no: Int?, number: Int, text: String) in
            it.none(no, or: number, text: text)
          }
          .nonthrowing()
          Method("show", parameters: [.init("items")]) { (it: Sample, items: [Int]) in await it.show(items: items) }
            .nonthrowing()
          Method("numbers") { (it: Sample) in it.numbers() }
            .nonthrowing()
          Method(
            "size",
            parameters: [
              .init("n", label: "_", default: (Sample.size + 1) as Int, source: "Self.size + 1"),
            ]
          ) { (it: Sample, n: Int) -> (Int) in
            it.size(n)
          }
          .nonthrowing()
          Method("repeat") { (it: Sample) in it.`repeat`() }
            .nonthrowing()
        }
      }
      """#)
  }

  @Test func writesDocumentation() {
    expectExpansion(
      of: """
        /**
         * A "sample".
         *
         * Of two lines.
         */
        @Live(capturesSource: false) final class Sample {
          /// Adds.
          ///
          /// - Parameters:
          ///   - x: The x,
          ///     which is first.
          ///   - y: The y.
          /// - Returns: The sum.
          func add(_ x: Int, to y: Int) -> Int { 1 }
          /** Waits.
            - Parameter seconds: How long.
          */
          func wait(seconds: Int) {}
          // Not documentation.
          func stop() {}
        }
        """,
      #"""
      /**
       * A "sample".
       *
       * Of two lines.
       */
      final class Sample {
        /// Adds.
        ///
        /// - Parameters:
        ///   - x: The x,
        ///     which is first.
        ///   - y: The y.
        /// - Returns: The sum.
        func add(_ x: Int, to y: Int) -> Int { 1 }
        /** Waits.
          - Parameter seconds: How long.
        */
        func wait(seconds: Int) {}
        // Not documentation.
        func stop() {}
      }

      extension Sample: LiveObject {
        static let interface = Interface<Sample>("""
          A "sample".

          Of two lines.
          """) {
          Method(
            "add",
            parameters: [
              .init("x", label: "_", doc: "The x, which is first."),
              .init("y", label: "to", doc: "The y."),
            ],
            doc: """
              Adds.

              - Returns: The sum.
              """
          ) { (it: Sample, x: Int, y: Int) -> Int in
            it.add(x, to: y)
          }
          .nonthrowing()
          Method(
            "wait",
            parameters: [
              .init("seconds", doc: "How long."),
            ],
            doc: "Waits."
          ) { (it: Sample, seconds: Int) in
            it.wait(seconds: seconds)
          }
          .nonthrowing()
          Method("stop") { (it: Sample) in it.stop() }
            .nonthrowing()
        }
      }
      """#)
  }

  @Test func writesAnActor() {
    expectExpansion(
      of: """
        @Live(capturesSource: false) package actor Counter {
          var count = 0
          private(set) var total = 0
          let name: String
          nonisolated var shown: String { name }
          @Tracked var level = 0.5
          @Tracked private(set) var peak = 0.5
          @Nested let inner = Inner()
          func add(_ n: Int) -> Int { n }
          func later() async throws {}
        }
        """,
      #"""
      package actor Counter {
        var count = 0
        private(set) var total = 0
        let name: String
        nonisolated var shown: String { name }
        @Tracked var level = 0.5
        @Tracked private(set) var peak = 0.5
        let inner = Inner()
        func add(_ n: Int) -> Int { n }
        func later() async throws {}
      }

      extension Counter: LiveActor {
        package static let interface = ActorInterface<Counter> {
          ActorProperty("count", get: { (it: isolated Counter) in it.count }, set: { it, value in it.count = value })
          ActorProperty("total") { (it: isolated Counter) in it.total }
          ActorProperty("name") { (it: isolated Counter) in it.name }
          ActorProperty("shown") { (it: isolated Counter) in it.shown }
          ActorProperty("level", tracked: { (it: isolated Counter) in it.$level })
          ActorProperty("peak", tracked: { (it: isolated Counter) in it.$peak })
            .readOnly()
          ActorObject("inner") { (it: isolated Counter) in it.inner }
          ActorMethod("add", parameters: [.init("n", label: "_")]) { (it: isolated Counter, n: Int) -> Int in it.add(n) }
            .nonthrowing()
          ActorMethod("later") { (it: isolated Counter) in try await it.later() }
        }
      }
      """#)
  }

  @Test func keepsConditions() {
    expectExpansion(
      of: """
        @Live(capturesSource: false) final class Sample {
          #if DEBUG
            var a = 1
          #elseif os(Linux) && Special
            var a = 2
            @Hidden var b = 2
          #else
            private var c = 1
          #endif
          #if Tests
            init() {}
          #endif
        }
        """,
      #"""
      final class Sample {
        #if DEBUG
          var a = 1
        #elseif os(Linux) && Special
          var a = 2
          var b = 2
        #else
          private var c = 1
        #endif
        #if Tests
          init() {}
        #endif
      }

      extension Sample: LiveObject {
        static let interface = Interface<Sample> {
          #if DEBUG
            Property("a", \.a)
          #elseif os(Linux) && Special
            Property("a", \.a)
          #else
          #endif
        }
      }
      """#)
  }
}
