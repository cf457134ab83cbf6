/// What this build can compress and decompress in Arrow data.
package enum ArrowCodecs {
  /// LZ4 and Zstandard, where the package was built with the trait `ArrowCompression`; otherwise nil, and who reads compressed data is
  /// told that this build cannot.
  package static var available: (any ArrowCompression)? {
    #if ArrowCompression
    SystemArrowCompression()
    #else
    nil
    #endif
  }
}
