import NIOCore
import TangorCore

/// An `.htaccess` of another server, which guarded a folder there.
///
/// Tangor does not read such rules, and must not serve what they guarded as if it were open.
enum AccessFile {
  /// Refuses when a folder along a path has an access file that guards it. Blocks.
  ///
  /// - Parameters:
  ///   - root: The served folder.
  ///   - names: The folders below it, in order.
  /// - Throws: `TangorError` with `forbidden`.
  static func refuse(_ root: Descriptor, _ names: some Collection<String>) throws {
    var folder = ""
    try refuse(root, folder: folder)
    for name in names {
      folder += name + "/"
      try refuse(root, folder: folder)
    }
  }

  private static func refuse(_ root: Descriptor, folder: String) throws {
    let name = folder + ".htaccess"
    guard FileSystem.status(of: name, in: root, followingLinks: true) != nil else { return }
    if let place = try FileSystem.open(name, from: root.number, FileSystem.referenceOnly), let file = try OpenFile(place: place),
      let content = try? file.read(0..<min(file.metadata.size, 65_536)), !guards(String(buffer: content))
    {
      return
    }
    throw TangorError(
      .forbidden,
      "This folder is guarded by an .htaccess file, whose rules this server does not read. Its owner has to guard it here, "
        + "or remove the file.")
  }

  /// Whether a file's directives let some in and keep others out.
  static func guards(_ text: String) -> Bool {
    text.split(whereSeparator: \.isNewline).contains { line in
      let directive = line.drop { $0 == " " || $0 == "\t" }.lowercased()
      return ["auth", "require", "order", "deny", "allow", "satisfy"].contains { directive.hasPrefix($0) }
    }
  }
}
