import TangorCore

/// The Python files that the binary carries.
package enum BundledPython {
  /// A file.
  package struct File: Sendable {
    /// Its path within the folder that was asked for.
    package let path: String
    package let bytes: [UInt8]
  }

  /// The files below a folder; those of all of them for an empty one.
  package static func files(in folder: String = "") -> [File] {
    let prefix = folder.isEmpty ? "" : folder + "/"
    return PythonFiles.all.filter { $0.path.hasPrefix(prefix) }.map { path, base64 in
      File(path: String(path.dropFirst(prefix.count)), bytes: base64.withUTF8Buffer { Base64.decode($0) ?? [] })
    }
  }
}
