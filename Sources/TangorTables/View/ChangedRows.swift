import Synchronization

/// The rows of a view that a write changed, which all who subscribe to them share.
package final class ChangedRows: Sendable {
  package let slice: ResultSlice
  private let encoded = Mutex<Result<[UInt8], TableError>?>(nil)

  init(_ slice: ResultSlice) { self.slice = slice }

  /// As an Arrow stream, which is made once.
  ///
  /// - Throws: When a dictionary would have more than 2 GiB of text.
  package func arrow() throws(TableError) -> [UInt8] {
    try encoded.withLock { encoded in
      if let encoded { return encoded }
      let result: Result<[UInt8], TableError>
      do throws(TableError) { result = .success(try slice.arrow()) } catch { result = .failure(error) }
      encoded = result
      return result
    }.get()
  }
}
