import Foundation
import ServiceLifecycle
import TangorTables

/// Trades in the market and writes what became of it into the table `ticks`, fifty times a second, until the server ends. While nobody has
/// a view of the table, it stands still.
struct MarketService: Service {
  /// The time from one batch to the next.
  static let interval = Duration.milliseconds(20)
  /// The rows of a batch.
  static let batchSize = 100
  /// How often it is looked whether somebody has come.
  static let idleInterval = Duration.milliseconds(250)

  let table: Table
  let market: Market

  func run() async throws {
    await cancelWhenGracefulShutdown {
      let clock = ContinuousClock()
      var market = market
      var next = clock.now
      while !Task.isCancelled {
        let isFollowed = await table.viewCount > 0
        if isFollowed {
          // The table was made of rows of the same columns, so these fit.
          try? await table.update(market.trade(Self.batchSize, time: Self.now))
        }
        // Batches that a busy machine had no time for are made up for, but not those of more than a second.
        next = max(next + (isFollowed ? Self.interval : Self.idleInterval), clock.now - .seconds(1))
        guard (try? await clock.sleep(until: next)) != nil else { return }
      }
    }
  }

  static var now: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}
