/// A table of FlatBuffers, in which Arrow writes its metadata. Every access checks that it stays within the bytes.
struct FlatTable {
  private let bytes: UnsafeRawBufferPointer
  private let place: Int
  private let fields: Int
  private let fieldCount: Int

  /// - Parameters:
  ///   - bytes: a whole message
  ///   - place: where the table begins
  private init(_ bytes: UnsafeRawBufferPointer, at place: Int) throws(TableError) {
    self.bytes = bytes
    self.place = place
    fields = place - Int(try Self.load(bytes, place, Int32.self))
    fieldCount = (Int(try Self.load(bytes, fields, UInt16.self)) - 4) / 2
  }

  /// The table at the root of a message.
  init(root bytes: UnsafeRawBufferPointer) throws(TableError) {
    try self.init(bytes, at: Int(try Self.load(bytes, 0, UInt32.self)))
  }

  private static func load<Value: BitwiseCopyable>(_ bytes: UnsafeRawBufferPointer, _ place: Int, _: Value.Type) throws(TableError) -> Value
  {
    guard place >= 0, place <= bytes.count - MemoryLayout<Value>.size else { throw .damagedArrow("its metadata points outside of itself") }
    return bytes.loadUnaligned(fromByteOffset: place, as: Value.self)
  }

  /// Where a field stands; nil when it has its default value.
  private func place(of field: Int) throws(TableError) -> Int? {
    guard field < fieldCount else { return nil }
    let offset = Int(try Self.load(bytes, fields + 4 + 2 * field, UInt16.self))
    return offset == 0 ? nil : place + offset
  }

  func scalar<Value: BitwiseCopyable>(_ field: Int, default value: Value) throws(TableError) -> Value {
    guard let place = try place(of: field) else { return value }
    return try Self.load(bytes, place, Value.self)
  }

  private func target(of field: Int) throws(TableError) -> Int? {
    guard let place = try place(of: field) else { return nil }
    return place + Int(try Self.load(bytes, place, UInt32.self))
  }

  func table(_ field: Int) throws(TableError) -> FlatTable? {
    guard let target = try target(of: field) else { return nil }
    return try FlatTable(bytes, at: target)
  }

  /// The bytes of a vector, and how many elements they are; nil when there is none.
  private func vector(_ field: Int, stride: Int) throws(TableError) -> (start: Int, count: Int)? {
    guard let target = try target(of: field) else { return nil }
    let count = Int(try Self.load(bytes, target, UInt32.self))
    guard count * stride <= bytes.count - target - 4 else { throw .damagedArrow("its metadata is cut off") }
    return (target + 4, count)
  }

  func string(_ field: Int) throws(TableError) -> String? {
    guard let vector = try vector(field, stride: 1) else { return nil }
    return String(decoding: bytes[vector.start..<vector.start + vector.count], as: UTF8.self)
  }

  func tables(_ field: Int) throws(TableError) -> [FlatTable] {
    guard let vector = try vector(field, stride: 4) else { return [] }
    var tables: [FlatTable] = []
    for index in 0..<vector.count {
      let place = vector.start + 4 * index
      tables.append(try FlatTable(bytes, at: place + Int(try Self.load(bytes, place, UInt32.self))))
    }
    return tables
  }

  /// A vector of structures, each as its 64-bit words.
  ///
  /// - Parameter words: how many words a structure has
  func structures(_ field: Int, words: Int) throws(TableError) -> [[Int64]] {
    guard let vector = try vector(field, stride: 8 * words) else { return [] }
    return (0..<vector.count).map { index in
      (0..<words).map { bytes.loadUnaligned(fromByteOffset: vector.start + 8 * (words * index + $0), as: Int64.self) }
    }
  }
}

extension TableError {
  static func damagedArrow(_ detail: String) -> TableError { TableError("The Arrow data is damaged: \(detail).") }
}
