import CMalloc

/// Memory that was freed and should go back to the system.
///
/// An allocator keeps what is freed for itself. After many things have gone at once, as when thousands of leases end, that is memory
/// which nobody will want soon.
package enum FreedMemory {
  /// How many things must have gone for it to be worth the while: giving memory back takes milliseconds.
  package static let threshold = 1_000

  /// Gives free memory back to the system. Takes milliseconds, so keep it off the event loops.
  package static func giveBack() {
    #if canImport(Glibc)
    malloc_trim(0)
    #endif
  }
}
