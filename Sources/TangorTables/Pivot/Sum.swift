/// A sum of floating-point numbers from which numbers can be taken back as if they had never been there.
///
/// Two numbers hold it, the second what rounding took from the first, so that adding and taking back leaves no trace: about 106 bits
/// instead of 53. Infinities are counted apart. NaN is passed over.
struct ExactSum: BitwiseCopyable {
  private(set) var high = 0.0
  private(set) var low = 0.0
  /// Numbers in the sum, infinities included.
  private(set) var count = 0
  /// How often 2¹⁰²³ is to be added to the two.
  private var overflows: Int32 = 0
  private var infinities: Int32 = 0
  private var negativeInfinities: Int32 = 0

  init() {}

  /// What a kernel has added up: a sum of finite numbers within the range of numbers.
  init(high: Double, low: Double, count: Int) { (self.high, self.low, self.count) = (high, low, count) }

  @inline(__always) mutating func add(_ value: Double) {
    guard value.isFinite else { return add(notFinite: value, 1) }
    count &+= 1
    accumulate(value)
  }

  @inline(__always) mutating func retract(_ value: Double) {
    guard value.isFinite else { return add(notFinite: value, -1) }
    count &-= 1
    if count == 0 { (high, low, overflows) = (0, 0, 0) } else { accumulate(-value) }
  }

  mutating func add(_ other: ExactSum) {
    count &+= other.count
    infinities &+= other.infinities
    negativeInfinities &+= other.negativeInfinities
    overflows &+= other.overflows
    accumulate(other.high)
    accumulate(other.low)
  }

  var value: Double {
    if infinities > 0 { return negativeInfinities > 0 ? .nan : .infinity }
    if negativeInfinities > 0 { return -.infinity }
    if overflows != 0 { return ((high + low) / 4 + Double(overflows) * 0x1p1021) * 4 }
    return high + low
  }

  @inline(__always) private mutating func accumulate(_ value: Double) {
    if (high + value).isFinite { accumulate(within: value) } else { accumulate(beyond: value) }
    if overflows != 0 { settleOverflows() }
  }

  /// Takes back what was counted apart, once there is room for it.
  private mutating func settleOverflows() {
    while overflows != 0, overflows > 0 ? high < 0 : high > 0 {
      accumulate(within: overflows > 0 ? 0x1p1023 : -0x1p1023)
      overflows &-= overflows > 0 ? 1 : -1
    }
  }

  @inline(__always) private mutating func accumulate(within value: Double) {
    let sum = high + value
    let part = sum - high
    let error = (high - (sum - part)) + (value - part)
    high = sum
    low += error
  }

  /// Adds a number with which the sum would leave the range of numbers: a part of it is counted apart.
  private mutating func accumulate(beyond value: Double) {
    overflows &+= value > 0 ? 1 : -1
    accumulate(within: value > 0 ? -0x1p1023 : 0x1p1023)
    if (high + value).isFinite { accumulate(within: value) } else { accumulate(beyond: value) }
  }

  private mutating func add(notFinite value: Double, _ times: Int32) {
    guard !value.isNaN else { return }
    count &+= Int(times)
    if value > 0 { infinities &+= times } else { negativeInfinities &+= times }
  }
}

/// A sum of whole numbers, which wraps at 64 bits.
struct WholeSum: BitwiseCopyable {
  private(set) var total: Int64 = 0
  private(set) var count = 0

  init(total: Int64 = 0, count: Int = 0) { (self.total, self.count) = (total, count) }

  @inline(__always) mutating func add(_ value: Int64) {
    total &+= value
    count &+= 1
  }

  @inline(__always) mutating func retract(_ value: Int64) {
    total &-= value
    count &-= 1
  }

  mutating func add(_ other: WholeSum) {
    total &+= other.total
    count &+= other.count
  }
}
