/// What files are served with.
package struct FileSettings: Sendable {
  /// Memory for the contents of small files in bytes; 0 turns the cache off.
  package var cacheSize = 64 << 20
  /// The largest file that is kept in memory, in bytes.
  package var maximumCachedFileSize = 1 << 20
  /// How long a cached file is served before the disk is asked whether it changed.
  package var revalidateAfter = Duration.seconds(1)
  /// The `Cache-Control` of files.
  package var cacheControl = "no-cache"
  /// Ranges that one request may ask for.
  package var maximumRanges = 16
  /// How many bytes of a large file are in memory at a time for each response.
  package var chunkSize = 128 << 10

  package init() {}
}
