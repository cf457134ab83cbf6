import Glibc

/// Memory that grows: `capacity` elements, of which its owner knows which mean something.
///
/// A reference, so that two who hold it see the same memory; it belongs to one table and is never shared between tasks.
/// Large blocks grow by `realloc`, which moves pages rather than bytes. Where the block is stands in memory of its own and not in
/// stored properties: reading those from inner loops would cost a check of exclusive access each time.
package final class GrowableBuffer<Element: BitwiseCopyable> {
  private struct State {
    var base: UnsafeMutablePointer<Element>
    var capacity: Int
  }

  private let state: UnsafeMutablePointer<State>

  package init(capacity: Int = 0) {
    state = .allocate(capacity: 1)
    let capacity = max(capacity, 1)
    state.initialize(to: State(base: Self.resize(nil, to: capacity), capacity: capacity))
  }

  deinit {
    free(state.pointee.base)
    LargeMemory.note(state.pointee.capacity * MemoryLayout<Element>.stride)
    state.deallocate()
  }

  /// The first element; changes when the buffer grows or shrinks.
  @inline(__always) package var base: UnsafeMutablePointer<Element> { state.pointee.base }
  @inline(__always) package var capacity: Int { state.pointee.capacity }

  private static func resize(_ old: UnsafeMutablePointer<Element>?, to capacity: Int) -> UnsafeMutablePointer<Element> {
    guard let block = realloc(old, capacity * MemoryLayout<Element>.stride) else { fatalError("Out of memory") }
    return block.assumingMemoryBound(to: Element.self)
  }

  /// Makes room for at least so many elements; grows by half, so that appending costs little.
  @inline(__always) package func reserve(_ count: Int) {
    if count > capacity { grow(to: max(count, capacity + capacity / 2)) }
  }

  /// As `reserve`, with `filling` in every element that is new.
  @inline(__always) package func reserve(_ count: Int, filling: Element) {
    if count > capacity {
      let before = capacity
      grow(to: max(count, before + before / 2))
      (base + before).initialize(repeating: filling, count: capacity - before)
    }
  }

  /// Gives the memory behind so many elements back.
  package func shrink(to count: Int) { if count < capacity { grow(to: max(count, 1)) } }

  private func grow(to count: Int) { state.pointee = State(base: Self.resize(base, to: count), capacity: count) }

  package subscript(index: Int) -> Element {
    @inline(__always) get {
      assert(index >= 0 && index < capacity)
      return base[index]
    }
    @inline(__always) set {
      assert(index >= 0 && index < capacity)
      base[index] = newValue
    }
  }
}
