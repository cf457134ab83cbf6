/// What the files of some types begin with.
enum FileSignature {
  /// How many bytes from the beginning are needed to tell.
  static let length = 64

  /// Whether the beginning of a file fits its extension; true for types that no beginning tells.
  ///
  /// - Parameters:
  ///   - beginning: The first ``length`` bytes, or all of a smaller file.
  ///   - kind: The extension in small letters.
  static func fits(_ beginning: [UInt8], kind: String) -> Bool {
    guard let signatures = signatures[kind] else { return true }
    return signatures.contains { signature in
      beginning.count >= signature.offset + signature.bytes.count
        && beginning[signature.offset...].starts(with: signature.bytes)
        && (signature.prefix.isEmpty || beginning.starts(with: signature.prefix))
    }
  }

  private struct Signature: Sendable {
    var bytes: [UInt8]
    var offset = 0
    /// What also stands at the very beginning.
    var prefix: [UInt8] = []
  }

  private static let zip = [[0x50, 0x4B, 0x03, 0x04], [0x50, 0x4B, 0x05, 0x06], [0x50, 0x4B, 0x07, 0x08]].map { Signature(bytes: $0) }
  private static let jpeg = [Signature(bytes: [0xFF, 0xD8, 0xFF])]
  private static let tiff = [[0x49, 0x49, 0x2A, 0x00], [0x4D, 0x4D, 0x00, 0x2A]].map { Signature(bytes: $0) }
  private static let gzip = [Signature(bytes: [0x1F, 0x8B])]
  private static let media = [Signature(bytes: Array("ftyp".utf8), offset: 4)]
  private static func riff(_ kind: String) -> [Signature] {
    [Signature(bytes: Array(kind.utf8), offset: 8, prefix: Array("RIFF".utf8))]
  }

  private static let signatures: [String: [Signature]] = [
    "png": [Signature(bytes: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])],
    "jpg": jpeg, "jpeg": jpeg, "jpe": jpeg,
    "gif": ["GIF87a", "GIF89a"].map { Signature(bytes: Array($0.utf8)) },
    "webp": riff("WEBP"), "wav": riff("WAVE"), "avi": riff("AVI "),
    "bmp": [Signature(bytes: Array("BM".utf8))],
    "ico": [Signature(bytes: [0, 0, 1, 0])],
    "tif": tiff, "tiff": tiff,
    "avif": media, "heic": media, "mp4": media, "m4a": media, "m4v": media, "mov": media,
    "webm": [Signature(bytes: [0x1A, 0x45, 0xDF, 0xA3])], "mkv": [Signature(bytes: [0x1A, 0x45, 0xDF, 0xA3])],
    "flac": [Signature(bytes: Array("fLaC".utf8))], "ogg": [Signature(bytes: Array("OggS".utf8))],
    "pdf": [Signature(bytes: Array("%PDF-".utf8))],
    "zip": zip, "docx": zip, "xlsx": zip, "pptx": zip, "odt": zip, "ods": zip, "odp": zip, "jar": zip, "epub": zip,
    "gz": gzip, "tgz": gzip,
    "bz2": [Signature(bytes: Array("BZh".utf8))],
    "xz": [Signature(bytes: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00])],
    "zst": [Signature(bytes: [0x28, 0xB5, 0x2F, 0xFD])],
    "7z": [Signature(bytes: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C])],
    "wasm": [Signature(bytes: [0x00, 0x61, 0x73, 0x6D])],
    "sqlite": [Signature(bytes: Array("SQLite format 3".utf8) + [0])],
    "parquet": [Signature(bytes: Array("PAR1".utf8))],
    "arrow": [Signature(bytes: Array("ARROW1".utf8))],
  ]
}
