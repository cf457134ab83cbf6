import Foundation

/// Writes a folder's files as Swift: `EmbedFiles FOLDER OUTPUT`. They are found in an enum named after the output file.
///
/// A file is one literal in base 64: the compiler reads it at once, whatever its bytes are, where an array of numbers would take
/// it minutes.
@main
enum EmbedFiles {
  static func main() throws {
    guard CommandLine.arguments.count == 3 else {
      FileHandle.standardError.write(Data("usage: EmbedFiles FOLDER OUTPUT\n".utf8))
      exit(64)
    }
    let folder = CommandLine.arguments[1]
    let output = URL(filePath: CommandLine.arguments[2])
    var lines = [
      "enum \(output.deletingPathExtension().lastPathComponent) {", "  static let all: [(path: String, base64: StaticString)] = [",
    ]
    for path in try files(in: folder) {
      let content = try Data(contentsOf: URL(filePath: folder).appending(path: path))
      lines.append("    (\(literal(path)), \"\(content.base64EncodedString())\"),")
    }
    lines += ["  ]", "}", ""]
    try Data(lines.joined(separator: "\n").utf8).write(to: output, options: .atomic)
  }

  /// The paths of a folder's files below it, sorted, without dot-files; none when there is no such folder.
  private static func files(in folder: String) throws -> [String] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory), isDirectory.boolValue else { return [] }
    return try FileManager.default.subpathsOfDirectory(atPath: folder).filter { path in
      var isDirectory: ObjCBool = false
      return !path.split(separator: "/").contains { $0.hasPrefix(".") || $0 == "__pycache__" }
        && FileManager.default.fileExists(atPath: folder + "/" + path, isDirectory: &isDirectory) && !isDirectory.boolValue
    }.sorted()
  }

  private static func literal(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
