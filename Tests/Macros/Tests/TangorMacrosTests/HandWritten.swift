import TangorMacros

/// The interface of ``Sample`` as a person writes it.
let handWritten = Interface<Sample>("A sample.") {
  Property("a", \.a, doc: "The first value.")
  Property("b", tracked: \.$b)
  Property("sum", get: { $0.sum })
  Property("maybe", \.maybe)
  Property("fixed", \.fixed)
  Property("double", get: { $0.double }, set: { $0.double = $1 })
  Property("still", \.still).readOnly()
  Property("key", \.key).requires("admin")
  Property("_internal", \._internal)
  Object("inner", \.inner)
  Object("spare", \.spare)
  Method("add", parameters: [.init("x", label: "_", doc: "The first."), .init("y", label: "to", default: 2.0, source: "2")], doc: "Adds.") {
    (it: Sample, x: Int, y: Double) in it.add(x, to: y)
  }
  .nonthrowing()
  Method("fail", parameters: [.init("text", label: "_", default: "it \"fails\"", source: #""it \"fails\"""#)]) {
    (it: Sample, text: String) in try it.fail(text)
  }
  .synchronous()
  Method(
    "reset", parameters: [.init("kinds", default: [Sample.Kind.red], source: "[.red]"), .init("in", default: Int?.none, source: "nil")]
  ) {
    (it: Sample, kinds: [Sample.Kind], kind: Sample.Kind?) in it.reset(kinds: kinds, in: kind)
  }
  .locking().timeLimit(.seconds(2)).maxStartDelay(.seconds(1)).nonthrowing()
  Method("numbers", parameters: [.init("n", label: "upTo")]) { (it: Sample, n: Int) in it.numbers(upTo: n) }.nonthrowing()
  Method("later") { (it: Sample) in it.later() }.nonthrowing()
  Method("debug") { (it: Sample) in it.debug() }.nonthrowing()
}
