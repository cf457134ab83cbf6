import Crypto
import Foundation
import NIOCore
import TangorCore

/// The `Upload-Checksum` of tus: what the bytes of one request should add up to.
struct TusChecksum {
  /// The algorithms, as they are told to clients.
  static let algorithms = "sha1,sha256,sha512,md5"

  private enum Digest {
    case sha1(Insecure.SHA1)
    case sha256(SHA256)
    case sha512(SHA512)
    case md5(Insecure.MD5)
  }

  private var digest: Digest
  private let wanted: [UInt8]

  /// - Parameter field: The header: the algorithm's name and the checksum in base64.
  /// - Throws: `invalid_request` for another algorithm, or what is no checksum.
  init(_ field: String) throws {
    let words = field.split(separator: " ")
    guard words.count == 2, let data = Data(base64Encoded: String(words[1])) else {
      throw TangorError(.invalidRequest, "Upload-Checksum has to be the name of an algorithm and a checksum in base64.")
    }
    wanted = Array(data)
    switch words[0] {
    case "sha1": digest = .sha1(.init())
    case "sha256": digest = .sha256(.init())
    case "sha512": digest = .sha512(.init())
    case "md5": digest = .md5(.init())
    default:
      throw TangorError(.invalidRequest, "Upload-Checksum: the algorithm is not known here; these are: \(Self.algorithms).")
    }
  }

  mutating func update(_ buffer: ByteBuffer) {
    buffer.withUnsafeReadableBytes { bytes in
      switch digest {
      case .sha1(var hash):
        hash.update(bufferPointer: bytes)
        digest = .sha1(hash)
      case .sha256(var hash):
        hash.update(bufferPointer: bytes)
        digest = .sha256(hash)
      case .sha512(var hash):
        hash.update(bufferPointer: bytes)
        digest = .sha512(hash)
      case .md5(var hash):
        hash.update(bufferPointer: bytes)
        digest = .md5(hash)
      }
    }
  }

  /// - Throws: `checksum_mismatch`.
  func check() throws {
    let found: [UInt8] =
      switch digest {
      case .sha1(let hash): Array(hash.finalize())
      case .sha256(let hash): Array(hash.finalize())
      case .sha512(let hash): Array(hash.finalize())
      case .md5(let hash): Array(hash.finalize())
      }
    guard found == wanted else {
      throw TangorError(.checksumMismatch, "The bytes do not have the checksum that was sent with them; nothing of them was kept.")
    }
  }
}
