/// A sum of floating-point numbers from which numbers can be taken back as if they had never been there.
///
/// Two numbers hold it, the second what rounding took from the first, so that adding and taking back leaves no trace: about 106 bits
/// instead of 53. Infinities are counted apart. NaN is passed over.
struct ExactSum: BitwiseCopyable {
  private(set) var high = 0.0
  private(set) var low = 0.0
  /// Numbers in the sum, infinities included.
  private(set) var count = 0
  private var infinities: Int32 = 0
  private var negativeInfinities: Int32 = 0

  @inline(__always) mutating func add(_ value: Double) {
    guard value.isFinite else { return add(notFinite: value, 1) }
    count &+= 1
    accumulate(value)
  }

  @inline(__always) mutating func retract(_ value: Double) {
    guard value.isFinite else { return add(notFinite: value, -1) }
    count &-= 1
    if count == 0 { (high, low) = (0, 0) } else { accumulate(-value) }
  }

  mutating func add(_ other: ExactSum) {
    count &+= other.count
    infinities &+= other.infinities
    negativeInfinities &+= other.negativeInfinities
    accumulate(other.high)
    accumulate(other.low)
  }

  var value: Double {
    if infinities > 0 { return negativeInfinities > 0 ? .nan : .infinity }
    if negativeInfinities > 0 { return -.infinity }
    // A sum beyond the range of numbers stays there.
    return high.isFinite ? high + low : high
  }

  @inline(__always) private mutating func accumulate(_ value: Double) {
    let sum = high + value
    let part = sum - high
    let error = (high - (sum - part)) + (value - part)
    high = sum
    low += error
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
