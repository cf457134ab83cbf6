import Testing

@testable import TangorCore

@Suite struct UnitsTests {
  @Test(arguments: [
    ("0", 0), ("1500", 1_500), ("7B", 7), ("64k", 65_536), ("64 KiB", 65_536), ("1kB", 1_000), ("10 MiB", 10_485_760), ("2MB", 2_000_000),
    ("3G", 3_221_225_472), ("1GB", 1_000_000_000), ("0.5k", 512), ("1.5 B", 2), ("10_000", 10_000), ("  8  k", 8_192),
    ("1gib", 1_073_741_824),
  ])
  func readsSizes(text: String, bytes: Int) {
    #expect(ByteSize(parsing: text)?.bytes == bytes)
  }

  @Test(arguments: [
    "", " ", "k", ".", "_", "-1", "+1", "1.2.3", "1 T", "1e3", "0x10", "inf", "nan", "10 0", "1,5k", "٣k", "99999999999999999999",
    "9999999999G",
    "10 MiBs", "10\tMiB",
  ])
  func refusesWhatIsNoSize(text: String) {
    #expect(ByteSize(parsing: text) == nil)
  }

  @Test(arguments: [
    (0, "0 B"), (1, "1 B"), (1_000, "1000 B"), (1_024, "1 KiB"), (1_536, "1536 B"), (1_048_576, "1 MiB"), (1_049_600, "1025 KiB"),
    (3_221_225_472, "3 GiB"),
  ])
  func writesSizesSoThatTheyReadTheSame(bytes: Int, text: String) {
    let size = ByteSize(bytes: bytes)
    #expect(size.description == text)
    #expect(ByteSize(parsing: text) == size)
  }

  @Test func sizesAreInOrder() {
    #expect(ByteSize.kibibytes(1) < .mebibytes(1))
    #expect(ByteSize.kibibytes(1_024) == .mebibytes(1))
  }

  @Test(arguments: [
    ("0", Duration.zero), ("30", .seconds(30)), ("30s", .seconds(30)), ("250ms", .milliseconds(250)), ("500us", .microseconds(500)),
    ("500µs", .microseconds(500)), ("1.5m", .seconds(90)), ("2min", .seconds(120)), ("2h", .seconds(7_200)), ("1d", .seconds(86_400)),
    ("0.25s", .milliseconds(250)), (" 2 H", .seconds(7_200)), ("1000000000", .seconds(1_000_000_000)),
  ])
  func readsDurations(text: String, duration: Duration) {
    #expect(Duration(parsing: text) == duration)
  }

  @Test(arguments: [
    "", "s", "-1s", "+1s", "1w", "1 s s", "1e3s", "inf", "nan", "1:30", "1000000001", "11575d", "1h30m", "٣s", "1.2.3s", "ten seconds",
  ])
  func refusesWhatIsNoDuration(text: String) {
    #expect(Duration(parsing: text) == nil)
  }

  @Test(arguments: [
    (Duration.zero, "0s"), (.seconds(1), "1s"), (.milliseconds(250), "250ms"), (.milliseconds(1_500), "1500ms"), (.seconds(60), "1m"),
    (.seconds(90), "90s"), (.seconds(3_600), "1h"), (.seconds(86_400), "1d"), (.seconds(90_000), "25h"), (.microseconds(500), "500us"),
    (.microseconds(1_500), "1500us"), (.nanoseconds(500), "0.500us"), (.nanoseconds(1_000_000_007), "1000000.007us"),
  ])
  func writesDurationsSoThatTheyReadTheSame(duration: Duration, text: String) {
    #expect(duration.unitDescription == text)
    #expect(Duration(parsing: text) == duration)
  }

  @Test func durationsInSeconds() {
    #expect(Duration.milliseconds(1_500).seconds == 1.5)
    #expect(Duration.zero.seconds == 0)
  }
}
