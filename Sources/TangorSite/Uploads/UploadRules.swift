import TangorCore
import TangorServing

/// Decides which files a folder takes.
struct UploadRules: Sendable {
  private let acceptedTypes: Set<String>?
  private let creation: [Glob]
  private let overwriting: [Glob]

  init(_ rules: UploadConfiguration.Rules) {
    acceptedTypes = rules.acceptedTypes.map { Set($0.map { ($0.first == "." ? String($0.dropFirst()) : $0).lowercased() }) }
    creation = rules.creation.map(Glob.init)
    overwriting = rules.overwriting.map(Glob.init)
  }

  /// Checks the type that a name says.
  ///
  /// - Throws: `unsupported_media_type`.
  func checkType(of name: UploadName) throws {
    guard let acceptedTypes, !acceptedTypes.contains(name.kind) else { return }
    let list = acceptedTypes.sorted().joined(separator: ", ")
    throw TangorError(.unsupportedMediaType, "Files of the type '\(name.kind)' are not taken here; these are: \(list).")
  }

  /// Checks that a file is what its name says.
  ///
  /// - Parameter beginning: The first bytes, as ``FileSignature`` wants them.
  /// - Throws: `unsupported_media_type`.
  func checkContent(_ beginning: [UInt8], of name: UploadName) throws {
    guard acceptedTypes != nil, !FileSignature.fits(beginning, kind: name.kind) else { return }
    throw TangorError(.unsupportedMediaType, "The file is named .\(name.kind), and its content is none.")
  }

  /// Checks whether a file may be stored.
  ///
  /// - Parameters:
  ///   - path: Its whole path on this machine.
  ///   - present: What stands there now.
  /// - Returns: Whether it replaces a file.
  /// - Throws: `forbidden`, `file_exists`.
  func checkStoring(at path: String, over present: WritableFolder.Kind?) throws -> Bool {
    switch present {
    case nil:
      guard creation.contains(where: { $0.matches(path) }) else {
        throw TangorError(.forbidden, "A file of this name may not be made here.")
      }
      return false
    case .other: throw TangorError(.fileExists, "Something of this name is there which is no file, and is not replaced.")
    case .file:
      guard overwriting.contains(where: { $0.matches(path) }) else {
        throw TangorError(.fileExists, "A file of this name is there and may not be overwritten.")
      }
      return true
    }
  }
}
