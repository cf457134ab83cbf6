import Glibc

/// Memory that grows: `capacity` elements, of which its owner knows which mean something.
///
/// A reference, so that two who hold it see the same memory; it belongs to one table and is never shared between tasks.
/// Large blocks grow by `realloc`, which moves pages rather than bytes.
package final class GrowableBuffer<Element: BitwiseCopyable> {
  package private(set) var base: UnsafeMutablePointer<Element>
  package private(set) var capacity: Int

  package init(capacity: Int = 0) {
    self.capacity = max(capacity, 1)
    base = Self.resize(nil, to: self.capacity)
  }

  deinit { free(base) }

  private static func resize(_ old: UnsafeMutablePointer<Element>?, to capacity: Int) -> UnsafeMutablePointer<Element> {
    guard let block = realloc(old, capacity * MemoryLayout<Element>.stride) else { fatalError("Out of memory") }
    return block.assumingMemoryBound(to: Element.self)
  }

  /// Makes room for at least so many elements; grows by half, so that appending costs little.
  package func reserve(_ count: Int) {
    guard count > capacity else { return }
    capacity = max(count, capacity + capacity / 2)
    base = Self.resize(base, to: capacity)
  }

  /// As `reserve`, with `filling` in every element that is new.
  package func reserve(_ count: Int, filling: Element) {
    let before = capacity
    reserve(count)
    if capacity > before { (base + before).initialize(repeating: filling, count: capacity - before) }
  }

  /// Gives the memory behind so many elements back.
  package func shrink(to count: Int) {
    guard count < capacity else { return }
    capacity = max(count, 1)
    base = Self.resize(base, to: capacity)
  }

  package subscript(index: Int) -> Element {
    get {
      assert(index >= 0 && index < capacity)
      return base[index]
    }
    set {
      assert(index >= 0 && index < capacity)
      base[index] = newValue
    }
  }
}
