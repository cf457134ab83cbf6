/// A number as a column stores it.
///
/// The key of a value is a 64-bit number that orders as the values do, and above 0, which is the key of "no value": one unsigned
/// comparison or one radix sort orders any column. Of the 2⁶⁴ values of the widest integers one shares its key with its
/// neighbour, the lowest of `Int64` and the highest of `UInt64`; -0.0 and 0.0 share theirs, and so do all NaN, which order below every number.
package protocol StoredValue: BitwiseCopyable, Comparable, Sendable {
  var sortKey: UInt64 { get }
  /// The key of the value without its sign.
  var magnitudeKey: UInt64 { get }
  var double: Double { get }
  /// The whole number nearest to zero's side of it, within the range of `Int64`; 0 for NaN.
  var int64: Int64 { get }
}

extension StoredValue where Self: FixedWidthInteger & SignedInteger {
  package var sortKey: UInt64 { Swift.max(UInt64(bitPattern: Int64(self)) ^ 1 << 63, 1) }
  package var magnitudeKey: UInt64 { UInt64(magnitude) &+ 1 }
  package var double: Double { Double(self) }
  package var int64: Int64 { Int64(self) }
}

extension StoredValue where Self: FixedWidthInteger & UnsignedInteger {
  package var sortKey: UInt64 { UInt64(self) == .max ? .max : UInt64(self) &+ 1 }
  package var magnitudeKey: UInt64 { sortKey }
  package var double: Double { Double(self) }
  package var int64: Int64 { Int64(clamping: self) }
}

extension Int8: StoredValue {}
extension Int16: StoredValue {}
extension Int32: StoredValue {}
extension Int64: StoredValue {}
extension UInt8: StoredValue {}
extension UInt16: StoredValue {}
extension UInt32: StoredValue {}
extension UInt64: StoredValue {}

extension Double: StoredValue {
  package var sortKey: UInt64 {
    if isNaN { return 1 }
    let bits = (self + 0).bitPattern
    return bits ^ (UInt64(bitPattern: Int64(bitPattern: bits) >> 63) | 1 << 63)
  }
  /// The number of a key; NaN for those between that of NaN and that of negative infinity.
  package static func value(ofSortKey key: UInt64) -> Double { Double(bitPattern: key >> 63 == 1 ? key ^ 1 << 63 : ~key) }
  package var magnitudeKey: UInt64 { Swift.abs(self).sortKey }
  package var double: Double { self }
  package var int64: Int64 { isNaN ? 0 : self >= 0x1p63 ? .max : self <= -0x1p63 ? .min : Int64(self) }
}

extension Float: StoredValue {
  package var sortKey: UInt64 { Double(self).sortKey }
  package var magnitudeKey: UInt64 { Double(self).magnitudeKey }
  package var double: Double { Double(self) }
  package var int64: Int64 { Double(self).int64 }
}
