import TangorServing

/// A folder whose changes reload pages, and where its files are reached.
struct WatchedFolder: Sendable, Hashable {
  /// What stands before the paths of its files, as in `/data`; empty for the root.
  let route: String
  /// Where it is on this machine.
  let path: String

  /// The path of a file as a page asks for it; nil for a name that is not served, or that an editor uses for a while.
  ///
  /// - Parameter names: The elements of the file's path below the folder.
  func url(of names: [String]) -> String? {
    guard FileRules(allowsWellKnown: route.isEmpty).allow(names), let name = names.last, FileRules.original(name) == name else {
      return nil
    }
    return route + "/" + names.map(ResourcePath.encoded).joined(separator: "/")
  }

  /// Whether a folder below is looked into: hidden ones, as those of version control, are not.
  static func looks(into name: String) -> Bool { !FileRules.isHidden(name) && name != "node_modules" && name != "__pycache__" }
}

/// Something that knows what changed in folders. It blocks: call it off the event loops.
protocol FolderChanges: Sendable {
  /// The URL paths of the files that changed since the last look; `/` when there were too many to tell.
  func changes() -> Set<String>
}
