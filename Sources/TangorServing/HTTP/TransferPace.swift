import NIOCore

/// How long a transfer may go on: bytes that move earn it time, and silence uses it up. A pure value.
///
/// A transfer has its patience to begin with and never more than that ahead. At a rate of 1,024 bytes a second each KiB earns a
/// second, so that a trickle ends about when silence would; without a rate any byte renews the whole patience.
struct TransferPace {
  private let patience: TimeAmount
  private let rate: Int
  private var end: NIODeadline
  private var pause: NIODeadline?

  /// - Parameters:
  ///   - patience: How long nothing may move.
  ///   - rate: Bytes a second that must move for the time to go on; 0 for no such rate.
  ///   - now: When the transfer begins.
  init(patience: TimeAmount, rate: Int, now: NIODeadline) {
    self.patience = patience
    self.rate = rate
    end = now + patience
  }

  /// When the transfer is over unless more moves; it recedes during a pause.
  func deadline(at now: NIODeadline) -> NIODeadline { pause.map { end + (now - $0) } ?? end }

  /// Bytes moved.
  mutating func moved(_ bytes: Int, at now: NIODeadline) {
    guard bytes > 0 else { return }
    resume(at: now)
    let earned = bytes.multipliedReportingOverflow(by: 1_000_000_000)
    guard rate > 0, !earned.overflow else {
      end = now + patience
      return
    }
    end = min(end + .nanoseconds(Int64(earned.partialValue / rate)), now + patience)
  }

  /// Stops the time: nothing can move, and the peer is not to blame.
  mutating func stop(at now: NIODeadline) {
    if pause == nil { pause = now }
  }

  /// Lets the time go on.
  mutating func resume(at now: NIODeadline) {
    guard let since = pause else { return }
    pause = nil
    end = end + (now - since)
  }
}
