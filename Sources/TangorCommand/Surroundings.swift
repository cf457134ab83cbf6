import Foundation

/// The environment of the process.
func currentEnvironment() -> [String: String] { ProcessInfo.processInfo.environment }

/// The folder that the process works in.
func currentFolder() -> String { FileManager.default.currentDirectoryPath }
