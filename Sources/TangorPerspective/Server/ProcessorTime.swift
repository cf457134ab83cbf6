import Glibc
import SwiftProtobuf
import Synchronization

/// How much of the machine the process uses, between one question and the next.
final class ProcessorTime: Sendable {
  private struct Reading {
    var busy: UInt64
    var wall: UInt64
  }

  private let last = Mutex(ProcessorTime.read())

  func response() -> WireServerSystemInfoResp {
    let now = Self.read()
    let before = last.withLock { last in
      defer { last = now }
      return last
    }
    let pages = Self.pages()
    let pageSize = UInt64(max(sysconf(Int32(_SC_PAGESIZE)), 0))
    return .with {
      $0.heapSize = pages.total * pageSize
      $0.usedSize = pages.resident * pageSize
      $0.cpuTime = UInt32(clamping: now.busy - min(before.busy, now.busy))
      $0.cpuTimeEpoch = UInt32(clamping: now.wall - min(before.wall, now.wall))
    }
  }

  /// Milliseconds.
  private static func read() -> Reading {
    Reading(busy: milliseconds(CLOCK_PROCESS_CPUTIME_ID), wall: milliseconds(CLOCK_MONOTONIC))
  }

  private static func milliseconds(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    guard clock_gettime(clock, &time) == 0 else { return 0 }
    return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
  }

  private static func pages() -> (total: UInt64, resident: UInt64) {
    let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return (0, 0) }
    defer { close(file) }
    var text = [UInt8](repeating: 0, count: 128)
    let count = Glibc.read(file, &text, text.count)
    let numbers = text.prefix(max(count, 0)).split(separator: 0x20).prefix(2).compactMap { UInt64(String(decoding: $0, as: UTF8.self)) }
    return numbers.count == 2 ? (numbers[0], numbers[1]) : (0, 0)
  }
}
