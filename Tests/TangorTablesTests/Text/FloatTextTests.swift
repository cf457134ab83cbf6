import TangorTesting
import Testing

@testable import TangorTables

@Suite struct FloatTextTests {
  static func text(_ value: Double, _ style: FloatStyle) -> String {
    var output = ByteOutput()
    output.append(value, style)
    return String(decoding: output.bytes, as: UTF8.self)
  }

  @Test(arguments: [
    (1.0, "1.0", "1"), (-0.0, "-0.0", "-0"), (0.0, "0.0", "0"), (1.5, "1.5", "1.5"), (-12.25, "-12.25", "-12.25"), (0.1, "0.1", "0.1"),
    (1e20, "100000000000000000000.0", "1e+20"), (1e21, "1e21", "1e+21"), (0.000001, "0.000001", "0.000001"), (1e-7, "1e-7", "1e-7"),
    (.leastNonzeroMagnitude, "5e-324", "5e-324"), (1.7976931348623157e308, "1.7976931348623157e308", "1.7976931348623157e+308"),
    (1e-5, "0.00001", "0.00001"),
    (1e15, "1000000000000000.0", "1e+15"), (1.2345678901234568e17, "123456789012345680.0", "1.2345678901234568e+17"),
    (100_000_000_000_000, "100000000000000.0", "100000000000000"), (123_456_789_012_345.6, "123456789012345.6", "123456789012345.6"),
    (0.1 + 0.2, "0.30000000000000004", "0.30000000000000004"), (1.5e-7, "1.5e-7", "1.5e-7"), (0.0001234, "0.0001234", "0.0001234"),
    (1020.0304, "1020.0304", "1020.0304"), (10203.040506, "10203.040506", "10203.040506"),
    (.nan, "null", "nan"), (.infinity, "null", "inf"), (-.infinity, "null", "-inf"),
  ]) func doubles(value: Double, json: String, csv: String) {
    #expect(Self.text(value, .json) == json)
    #expect(Self.text(value, .csv) == csv)
  }

  @Test func singles() {
    var output = ByteOutput()
    output.append(Float(0.1), .json)
    output.append(0x20)
    output.append(Float(0.1), .csv)
    #expect(String(decoding: output.bytes, as: UTF8.self) == "0.10000000149011612 0.1")
  }

  @Test func randomNumbersReadBack() {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<20_000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      let near = (Double.random(in: -1e6...1e6, using: &random) * 1000).rounded() / 1000
      for style in [FloatStyle.json, .csv] {
        #expect(Double(Self.text(value, style))?.bitPattern == value.bitPattern)
        #expect(Double(Self.text(near, style))?.bitPattern == near.bitPattern)
      }
    }
  }

  @Test func integers() {
    var output = ByteOutput()
    for value in [0, 9, 10, 99, 100, -1, Int.max, Int.min] {
      output.append(integer: value)
      output.append(0x20)
    }
    output.append(integer: UInt64.max)
    #expect(
      String(decoding: output.bytes, as: UTF8.self)
        == "0 9 10 99 100 -1 9223372036854775807 -9223372036854775808 18446744073709551615")
  }
}
