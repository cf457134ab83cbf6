import CMalloc
import Glibc

/// How the process holds large blocks of memory.
///
/// Views, sorts and results make blocks of many megabytes and drop them again. The C library would ask the system for each and give it back
/// at once, and the system would clear every page anew, which costs more than the work itself. So freed blocks are kept while the engine is
/// at work, and go back to the system when it has been idle for a while.
enum LargeMemory {
  /// Sets the allocator up, once.
  static func prepare() { _ = isPrepared }

  private static let isPrepared: Bool = {
    #if canImport(Glibc)
    let bytes: Int32 = 1 << 30
    // Blocks below a gigabyte come from the heap, and its end is not given back with each.
    _ = mallopt(M_MMAP_THRESHOLD, bytes)
    _ = mallopt(M_TRIM_THRESHOLD, bytes)
    // Addresses, not memory: a thread's part of the heap is not unmapped when it is empty for a moment.
    _ = mallopt(M_TOP_PAD, 128 << 20)
    #endif
    return true
  }()

  /// Says that something of so many bytes was made or dropped.
  static func note(_ bytes: Int) { if bytes >= noticedBytes { WorkerCrew.shared.noteWork() } }

  /// Bytes for which it is worth the while to see to it that they go back.
  private static let noticedBytes = 1 << 20

  /// Gives free memory back to the system; takes milliseconds.
  static func giveBack() {
    #if canImport(Glibc)
    malloc_trim(0)
    #endif
  }
}
