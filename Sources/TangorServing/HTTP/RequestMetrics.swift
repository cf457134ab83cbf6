import CoreMetrics
import Metrics

/// Counts requests by the class of their status, and times them.
struct RequestMetrics: Sendable {
  private let counters: [Counter]
  private let timer = Timer(label: "tangor_http_request_duration")
  /// Whether a metrics system was installed.
  let isObserved: Bool

  init() {
    counters = (1...5).map { Counter(label: "tangor_http_requests_total", dimensions: [("status", "\($0)xx")]) }
    isObserved = !(MetricsSystem.factory is NOOPMetricsHandler)
  }

  func record(status: Int, duration: Duration) {
    guard isObserved else { return }
    counters[min(max(status / 100, 1), 5) - 1].increment()
    let (seconds, attoseconds) = duration.components
    timer.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}

extension Duration {
  /// The duration in milliseconds, to the hundredth, for logs.
  var roundedMilliseconds: Double {
    let (seconds, attoseconds) = components
    return Double((seconds * 100_000 + attoseconds / 10_000_000_000_000)) / 100
  }
}
