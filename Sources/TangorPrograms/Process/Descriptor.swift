import Glibc
import Synchronization
import SystemPackage

/// A file descriptor that is closed once: when it is told to, or when nobody holds it any more.
final class Descriptor: Sendable {
  private let number: Mutex<CInt?>

  init(_ number: CInt) { self.number = Mutex(number) }

  deinit { close() }

  /// Closes it, unless it is closed already.
  func close() {
    number.withLock { number in
      if let open = number { Glibc.close(open) }
      number = nil
    }
  }

  /// The descriptor itself, for somebody who closes it from now on; nil when it is closed.
  func take() -> CInt? {
    number.withLock { number in
      defer { number = nil }
      return number
    }
  }

  /// Does something during which the descriptor stays open.
  ///
  /// - Returns: What the body returns; nil when the descriptor is closed.
  func whileOpen<Result: Sendable>(_ body: (CInt) throws -> Result) rethrows -> Result? {
    try number.withLock { try $0.map(body) }
  }

  /// Whether the process may open some more descriptors, as far as can be told at a moment.
  ///
  /// - Parameter count: How many.
  func leavesRoom(for count: Int) -> Bool {
    whileOpen { number in
      var copies: [CInt] = []
      defer { for copy in copies { Glibc.close(copy) } }
      while copies.count < count {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { return false }
        copies.append(copy)
      }
      return true
    } ?? false
  }

  /// A pipe of which children inherit neither end by themselves.
  ///
  /// - Throws: That the system has no descriptors left.
  static func pipe() throws(ChildError) -> (reading: Descriptor, writing: Descriptor) {
    do throws(Errno) {
      let (reading, writing) = try FileDescriptor.pipe(options: .closeOnExec)
      return (Descriptor(reading.rawValue), Descriptor(writing.rawValue))
    } catch {
      let isExhausted = error == .tooManyOpenFiles || error == .tooManyOpenFilesInSystem
      throw ChildError(isExhausted ? .outOfResources : .startFailed, "The system gave no pipe: \(error).")
    }
  }
}
