import Foundation
public import Tangor
import TangorPrograms

/// The scripts that the gallery's pages launch, in a folder for temporary files, which goes with the gallery.
public struct GalleryScripts: Sendable {
  private let folder: URL

  /// Writes the scripts, and has `/vtkweb` start scripts of the folder too.
  ///
  /// - Parameter configuration: Gets the folder.
  /// - Throws: What writing throws.
  public init(in configuration: inout TangorConfiguration) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("tangor-scripts-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    for file in BundledPython.files(in: "gallery") {
      try Data(file.bytes).write(to: folder.appendingPathComponent(file.path), options: .withoutOverwriting)
    }
    configuration.programs.vtkweb.folders.append(folder.path)
  }

  /// Removes the folder and everything in it.
  public func remove() { try? FileManager.default.removeItem(at: folder) }
}
