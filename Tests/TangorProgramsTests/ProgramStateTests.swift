import TangorServing
import Testing

@testable import TangorPrograms

@Suite struct ProgramStateTests {
  private final class Socket: RelayedSocket {
    func programEnded(_ code: WebSocketCloseCode, _ reason: String) {}
  }

  private func running(at now: Duration = .zero) -> ProgramState {
    var state = ProgramState(now: now)
    state.start(port: 4_000)
    expect(state.becomeReady(now: now))
    return state
  }

  @Test func pagesReachAProgramWhileItRuns() {
    var state = ProgramState(now: .zero)
    let socket = Socket()
    expect(!state.attach(socket, now: .zero), "it is not ready")
    expect(state.becomeReady(now: .zero))
    expect(state.attach(socket, now: .zero))
    expect(state.socketCount == 1)
    expect(state.end(.deleted)?.count == 1)
    expect(!state.attach(Socket(), now: .zero), "it is about to end")
    expect(state.notice?.code == .programEnded)
    expect(state.end(.idle) == nil, "it is told once")
    expect(state.processEnded(returnCode: -15).isEmpty, "its sockets know already")
    expect(state.returnCode == -15)
  }

  @Test(arguments: [
    (Int32(0), WebSocketCloseCode.programEnded, "the program has ended"),
    (3, .programFailed, "the program has ended with status 3"), (-11, .programFailed, "the program was ended by signal 11"),
  ])
  func socketsAreToldHowItEnded(returnCode: Int32, code: WebSocketCloseCode, reason: String) {
    var state = running()
    expect(state.attach(Socket(), now: .zero))
    expect(state.processEnded(returnCode: returnCode).count == 1)
    expect(state.notice == .init(code: code, reason: reason))
    expect(state.processEnded(returnCode: 0).isEmpty)
    expect(state.returnCode == returnCode, "what came first counts")
  }

  @Test func aServerThatGoesDownSaysSo() {
    var state = running()
    expect(state.attach(Socket(), now: .zero))
    expect(state.end(.shutdown)?.count == 1)
    expect(state.notice?.code == .goingAway)
  }

  @Test func whatEndsBeforeItIsReadyIsNeverReady() {
    var state = ProgramState(now: .zero)
    expect(state.processEnded(returnCode: 1).isEmpty)
    expect(!state.becomeReady(now: .zero))
    expect(!state.hasRun)
    expect(state.startAgain())
    expect(state.returnCode == nil)
    expect(state.becomeReady(now: .zero))
    expect(state.hasRun)
  }

  @Test func whatTheServerEndedIsNotStartedAgain() {
    var state = ProgramState(now: .zero)
    expect(state.end(.shutdown)?.isEmpty == true)
    expect(state.processEnded(returnCode: -15).isEmpty)
    expect(!state.startAgain())
    var ended = running()
    _ = ended.processEnded(returnCode: 0)
    expect(!ended.startAgain(), "it has run")
  }

  @Test func itIsIdleOnceNobodyUsesIt() {
    var limits = ProgramLimits()
    limits.idleTime = .seconds(60)
    var state = running()
    let socket = Socket()
    expect(state.due(now: .seconds(59), limits) == nil)
    expect(state.due(now: .seconds(60), limits) == .idle)
    expect(state.attach(socket, now: .seconds(50)))
    expect(state.due(now: .seconds(500), limits) == nil)
    state.detach(socket, now: .seconds(500))
    expect(state.due(now: .seconds(559), limits) == nil)
    expect(state.beginRequest(now: .seconds(559)))
    expect(state.due(now: .seconds(700), limits) == nil)
    state.endRequest(now: .seconds(700))
    expect(state.due(now: .seconds(759), limits) == nil)
    expect(state.due(now: .seconds(760), limits) == .idle)
    limits.idleTime = nil
    expect(state.due(now: .seconds(9_000), limits) == nil)
  }

  @Test func itMayRunForATime() {
    var limits = ProgramLimits()
    limits.runTime = .seconds(100)
    var state = running(at: .seconds(5))
    expect(state.attach(Socket(), now: .seconds(5)))
    expect(state.due(now: .seconds(104), limits) == nil)
    expect(state.due(now: .seconds(105), limits) == .runTime)
    _ = state.end(.runTime)
    expect(state.due(now: .seconds(200), limits) == nil, "it is ending")
  }
}

/// `#expect` for expressions that change a value.
private func expect(_ value: Bool, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(value, comment, sourceLocation: sourceLocation)
}
