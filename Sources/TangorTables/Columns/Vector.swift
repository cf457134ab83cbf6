/// Values of one type, one behind the other, that do not change: memory of its own, or a part of somebody else's that it keeps alive.
package struct Vector<Element: BitwiseCopyable & Sendable>: Sendable {
  private let owner: any AnyObject & Sendable
  // Nothing writes to the memory once the vector is made, and the owner keeps it.
  private nonisolated(unsafe) let base: UnsafePointer<Element>
  package let count: Int

  /// Memory of its own.
  ///
  /// - Parameter initialize: Fills all of it.
  package init(count: Int, _ initialize: (UnsafeMutableBufferPointer<Element>) throws -> Void) rethrows {
    let block = MemoryBlock(byteCount: count * MemoryLayout<Element>.stride, alignment: MemoryLayout<Element>.alignment)
    let values = block.memory.bindMemory(to: Element.self)
    try initialize(UnsafeMutableBufferPointer(rebasing: values[..<count]))
    self.init(owner: block, base: UnsafePointer(values.baseAddress ?? block.address(of: Element.self)), count: count)
  }

  package init(_ values: some Collection<Element>) {
    self.init(count: values.count) { memory in _ = memory.initialize(fromContentsOf: values) }
  }

  /// A part of memory that another keeps alive and does not change.
  package init(_ values: UnsafeBufferPointer<Element>, of owner: some AnyObject & Sendable) {
    self.init(owner: owner, base: values.baseAddress ?? UnsafePointer(MemoryBlock.empty.address(of: Element.self)), count: values.count)
  }

  private init(owner: any AnyObject & Sendable, base: UnsafePointer<Element>, count: Int) {
    (self.owner, self.base, self.count) = (owner, base, count)
  }

  /// A part of it, which shares its memory.
  package func slice(_ range: Range<Int>) -> Vector {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return Vector(owner: owner, base: base + range.lowerBound, count: range.count)
  }

  /// The same memory as values of another type; nil when it does not begin where such values may.
  ///
  /// - Parameter count: how many of them; they must lie within the memory
  package func rebound<Other: BitwiseCopyable & Sendable>(to type: Other.Type, count: Int) -> Vector<Other>? {
    precondition(count >= 0 && count * MemoryLayout<Other>.stride <= self.count * MemoryLayout<Element>.stride)
    let address = UnsafeRawPointer(base)
    guard UInt(bitPattern: address) % UInt(MemoryLayout<Other>.alignment) == 0 else { return nil }
    return Vector<Other>(owner: owner, base: address.assumingMemoryBound(to: Other.self), count: count)
  }

  package subscript(index: Int) -> Element {
    precondition(index >= 0 && index < count)
    return base[index]
  }

  /// The values, while `body` runs.
  package func withUnsafeBufferPointer<Result>(_ body: (UnsafeBufferPointer<Element>) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(owner) { try body(UnsafeBufferPointer(start: base, count: count)) }
  }

  /// The values, while `body` runs.
  package func withSpan<Result>(_ body: (Span<Element>) throws -> Result) rethrows -> Result {
    try withUnsafeBufferPointer { try body(Span(_unsafeElements: $0)) }
  }
}

/// Memory that is given back with its last owner.
package final class MemoryBlock: Sendable {
  // Written by who made it, before it is shared.
  package nonisolated(unsafe) let memory: UnsafeMutableRawBufferPointer

  static let empty = MemoryBlock(byteCount: 0, alignment: 16)

  package init(byteCount: Int, alignment: Int = 64) {
    memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(byteCount, 16), alignment: max(alignment, 16))
  }

  deinit {
    memory.deallocate()
    LargeMemory.note(memory.count)
  }

  func address<Element>(of type: Element.Type) -> UnsafeMutablePointer<Element> {
    // Allocated above with at least 16 bytes.
    memory.baseAddress!.assumingMemoryBound(to: type)
  }
}
