/// What the file system knows about one state of a file; two equal ones are taken for the same content.
package struct FileMetadata: Sendable, Hashable {
  package let device: UInt64
  package let inode: UInt64
  /// The length in bytes.
  package let size: Int
  /// When the content last changed, in nanoseconds since the beginning of 1970.
  package let modified: Int

  package init(device: UInt64, inode: UInt64, size: Int, modified: Int) {
    self.device = device
    self.inode = inode
    self.size = size
    self.modified = modified
  }

  package var lastModified: HTTPDate {
    HTTPDate(seconds: modified >= 0 ? modified / 1_000_000_000 : (modified - 999_999_999) / 1_000_000_000)
  }

  /// Whether the file changed so lately that it may change again without a later time stamp.
  ///
  /// File systems count time in steps of up to two seconds. Within a step two contents share one identity, so a tag made then
  /// is weak and a copy kept then is read again.
  ///
  /// - Parameter now: The moment now, in nanoseconds since the beginning of 1970.
  package func isUnsettled(at now: Int) -> Bool { modified > now - 2_000_000_000 }

  /// The validator of this state.
  package func entityTag(isWeak: Bool) -> EntityTag {
    let parts = [UInt64(truncatingIfNeeded: size), UInt64(bitPattern: Int64(modified)), inode]
    return EntityTag(parts.map { String($0, radix: 16) }.joined(separator: "-"), isWeak: isWeak)
  }
}
