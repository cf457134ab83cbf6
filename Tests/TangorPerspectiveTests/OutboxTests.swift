import Synchronization
import Testing

@testable import TangorPerspective

@Suite struct OutboxTests {
  private func key(_ message: UInt32, port: Int = 0) -> OutboxState.NoticeKey { OutboxState.NoticeKey(message: message, port: port) }

  private func drain(_ state: inout OutboxState) -> [[UInt8]] {
    var messages: [[UInt8]] = []
    while let bytes = state.take() { messages.append(bytes) }
    return messages
  }

  @Test func everythingComesInOrderWhileTheClientReads() {
    var state = OutboxState(coalescingThreshold: 10)
    for number in 0..<3 as Range<UInt8> {
      #expect(state.notify([number], key(1)) == .kept)
      state.append([number + 100])
    }
    #expect(drain(&state) == [[0], [100], [1], [101], [2], [102]])
    #expect(state.byteCount == 0 && state.isEmpty)
  }

  @Test func noticesBecomeTheLastOneWhenTheClientIsBehind() {
    var state = OutboxState(coalescingThreshold: 2)
    _ = state.notify([1], key(1))
    _ = state.notify([2], key(2))
    state.append([3])
    for _ in 0..<100_000 { _ = state.notify([4], key(1)) }
    _ = state.notify([5], key(1, port: 1))
    #expect(state.count == 4 && state.byteCount == 4)
    // It comes after the answer that was true before it.
    #expect(drain(&state) == [[2], [3], [4], [5]])
    _ = state.notify([6], key(1))
    #expect(drain(&state) == [[6]])
  }

  @Test func noticesWithContentsEndASessionThatDoesNotRead() {
    var state = OutboxState(coalescingThreshold: 2, maximumBytes: 100)
    state.append([UInt8](repeating: 0, count: 1000))
    #expect(state.notify([UInt8](repeating: 1, count: 60), nil) == .kept)
    #expect(state.notify([UInt8](repeating: 1, count: 40), nil) == .kept)
    #expect(state.notify([1], nil) == .overrun)
    #expect(state.isFinished && state.isEmpty && state.byteCount == 0)
    state.append([1])
    #expect(state.notify([1], key(1)) == .kept)
    #expect(state.isEmpty)
  }

  @Test func messagesGoOutOneHandfulAtATime() {
    let sent = Mutex<[[[UInt8]]]>([])
    let outbox = Outbox()
    outbox.send([1])
    outbox.attach { messages in sent.withLock { $0.append(messages) } }
    outbox.send([2])
    outbox.send([3])
    #expect(sent.withLock { $0 } == [[[1]]])
    outbox.sent()
    #expect(sent.withLock { $0 } == [[[1]], [[2], [3]]])
    outbox.sent()
    outbox.send([4])
    #expect(sent.withLock { $0.last } == [[4]])
  }

  @Test func nothingGoesOutBehindTheEnd() {
    let sent = Mutex(0)
    let outbox = Outbox()
    outbox.attach { messages in sent.withLock { $0 += messages.count } }
    outbox.send([1])
    outbox.send([2])
    outbox.finish()
    outbox.sent()
    outbox.send([3])
    #expect(sent.withLock { $0 } == 1)
  }

  @Test func whoAsksWaitsUntilTheClientReads() async {
    let outbox = Outbox()
    outbox.send([UInt8](repeating: 0, count: 9 << 20))
    async let room: Void = outbox.room()
    #expect(outbox.takeAll().map(\.count) == [9 << 20])
    await room
    outbox.send([UInt8](repeating: 0, count: 9 << 20))
    let waiting = Task { await outbox.room() }
    waiting.cancel()
    await waiting.value
    async let last: Void = outbox.room()
    outbox.finish()
    await last
  }
}
