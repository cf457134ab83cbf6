import Foundation
public import Tangor

/// The folder that the gallery's upload page fills: a fresh one for temporary files, which goes with the gallery.
public struct GalleryUploads: Sendable {
  /// What is taken; the page says the same.
  private static let types = [
    "bin", "csv", "gif", "gz", "jpeg", "jpg", "json", "md", "pdf", "png", "svg", "txt", "webp", "zip",
  ]

  private let folder: URL

  /// Makes the folder, and sets a configuration up for it; nothing is done where the configuration has upload folders of its own.
  ///
  /// - Parameter configuration: Gets the folder at `/uploads`, with bounds for a demonstration.
  /// - Returns: nil when the configuration has upload folders already.
  /// - Throws: What making the folder throws.
  public init?(in configuration: inout TangorConfiguration) throws {
    guard configuration.uploads.folders.isEmpty else { return nil }
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("tangor-gallery-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    configuration.uploads.folders["/uploads"] = folder.path
    configuration.uploads.maximumSize = .mebibytes(32)
    configuration.uploads.quota = .mebibytes(64)
    configuration.uploads.lease = .seconds(3_600)
    configuration.uploads.rules.acceptedTypes = Self.types
  }

  /// Removes the folder and everything in it.
  public func remove() { try? FileManager.default.removeItem(at: folder) }
}

extension TangorApp {
  /// Tells pages when a file has been stored.
  func announceUploads() {
    uploads.observe { [channels] event in
      guard case .finished = event.phase else { return }
      // A page that is not told sees the file when it lists the folder the next time.
      _ = try? channels.publish("uploads/stored", event.name)
    }
  }
}
