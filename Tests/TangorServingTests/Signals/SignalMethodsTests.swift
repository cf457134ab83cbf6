import TangorCore
import TangorJSON
import TangorTesting
import Testing

@testable import TangorServing

@Suite(.timeLimit(.minutes(1))) struct SignalMethodsTests {
  private let clock = ManualClock()
  private let signals: SignalRegistry

  init() { signals = SignalRegistry(time: TimeSource(clock)) }

  private func waiting(_ count: Int) async { while signals.statistics.waiting != count { await Task.yield() } }

  @Test func aCallWaitsAndAnotherSends() async throws {
    let live = try await LiveFixture(SignalMethods(signals).methods)
    try await live.call(1, "signal.wait", #"{"names":["a","b"],"timeout":"5s"}"#)
    await waiting(1)
    try await live.call(2, "signal.send", #"{"name":"b","value":{"x":[1]}}"#)
    let answers = [try await live.next(), try await live.next()].sorted()
    #expect(answers[0].contains(#""id":1,"result":{"name":"b","value":{"x":[1]}}"#))
    #expect(answers[1].contains(#""id":2,"result":{"woken":1,"kept":false}"#))
  }

  @Test func aSignalIsKept() async throws {
    let live = try await LiveFixture(SignalMethods(signals).methods)
    try await live.call(1, "signal.send", #"{"name":"a","sticky":true}"#)
    #expect(try await live.next().contains(#"{"woken":0,"kept":true}"#))
    try await live.call(2, "signal.send", #"{"name":"a","value":2,"sticky":60,"to":"first"}"#)
    #expect(try await live.next().contains(#"{"woken":0,"kept":true}"#))
    try await live.call(3, "signal.wait", #"{"name":"a"}"#)
    #expect(try await live.next().contains(#"{"name":"a","value":2}"#))
    try await live.call(4, "signal.send", #"{"name":"a","sticky":false}"#)
    #expect(try await live.next().contains(#"{"woken":0,"kept":false}"#))
  }

  @Test func aWaitTimesOut() async throws {
    let live = try await LiveFixture(SignalMethods(signals).methods)
    try await live.call(1, "signal.wait", #"{"name":"a","timeout":5}"#)
    await clock.sleepers()
    clock.advance(by: .seconds(5))
    let answer = try await live.next()
    #expect(answer.contains(#""code":-32080"#) && answer.contains(#""code":"signal_timeout""#))
  }

  @Test func aWaitEndsWithItsConnectionOrItsCall() async throws {
    let live = try await LiveFixture(SignalMethods(signals).methods)
    try await live.call(1, "signal.wait", #"{"name":"a"}"#)
    await waiting(1)
    try await live.send(#"{"jsonrpc":"2.0","method":"rpc.cancel","params":{"id":1}}"#)
    #expect(try await live.next().contains(#""code":"canceled""#))
    #expect(signals.statistics.waiting == 0)
    try await live.call(2, "signal.wait", #"{"name":"a"}"#)
    await waiting(1)
    try await live.breakOff()
    await waiting(0)
  }

  @Test(arguments: [
    ("signal.wait", "{}", "invalid_parameters"), ("signal.wait", #"{"name":"a","names":["b"]}"#, "invalid_parameters"),
    ("signal.wait", #"{"names":[]}"#, "invalid_parameters"), ("signal.wait", #"{"names":[1]}"#, "invalid_parameters"),
    ("signal.wait", #"{"name":""}"#, "invalid_parameters"), ("signal.wait", #"{"name":"a","timeout":301}"#, "invalid_parameters"),
    ("signal.wait", #"{"name":"a","timeout":0}"#, "signal_timeout"), ("signal.send", "{}", "invalid_parameters"),
    ("signal.send", #"{"name":"a","to":"some"}"#, "invalid_parameters"), ("signal.send", #"{"name":"$a"}"#, "forbidden"),
    ("signal.send", #"{"name":"a","sticky":"2d"}"#, "invalid_parameters"),
  ])
  func badCallsAreRefused(method: String, parameters: String, code: String) async throws {
    let live = try await LiveFixture(SignalMethods(signals).methods)
    try await live.call(1, method, parameters)
    #expect(try await live.next().contains("\"code\":\"\(code)\""))
  }
}
