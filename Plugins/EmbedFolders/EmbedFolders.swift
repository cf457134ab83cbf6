import Foundation
import PackagePlugin

/// Writes a folder into a Swift file, so that the server's binary carries it: `Browser` for the site, `Python` for programs.
@main
struct EmbedFolders: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let name = target.name == "TangorPrograms" ? "Python" : "Browser"
    let folder = context.package.directoryURL.appending(path: name)
    let output = context.pluginWorkDirectoryURL.appending(path: "\(name)Files.swift")
    var inputs: [URL] = []
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey], options: .skipsHiddenFiles)
    while let file = files?.nextObject() as? URL {
      if try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true { inputs.append(file) }
    }
    return [
      .buildCommand(
        displayName: "Embedding \(name)",
        executable: try context.tool(named: "EmbedFiles").url,
        arguments: [folder.path(percentEncoded: false), output.path(percentEncoded: false)],
        inputFiles: inputs, outputFiles: [output])
    ]
  }
}
