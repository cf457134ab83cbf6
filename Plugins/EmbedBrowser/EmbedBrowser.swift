import Foundation
import PackagePlugin

/// Writes the folder `Browser` into a Swift file, so that the server's binary carries it.
@main
struct EmbedBrowser: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let folder = context.package.directoryURL.appending(path: "Browser")
    let output = context.pluginWorkDirectoryURL.appending(path: "BrowserFiles.swift")
    var inputs: [URL] = []
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey], options: .skipsHiddenFiles)
    while let file = files?.nextObject() as? URL {
      if try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true { inputs.append(file) }
    }
    return [
      .buildCommand(
        displayName: "Embedding the browser client",
        executable: try context.tool(named: "EmbedFiles").url,
        arguments: [folder.path(percentEncoded: false), output.path(percentEncoded: false)],
        inputFiles: inputs, outputFiles: [output])
    ]
  }
}
