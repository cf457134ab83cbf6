import TangorCore
import TangorServing

/// Which folder answers for which path: the one that is mounted at the longest prefix.
struct SiteMounts: Sendable {
  struct Mount: Sendable {
    let segments: [String]
    let root: FileRoot
  }

  /// The mounts, the longest prefix first.
  let mounts: [Mount]

  /// - Throws: `TangorError` with words for the person who starts the server.
  init(_ configuration: SiteConfiguration, excluding: [String]) throws {
    var mounts: [Mount] = []
    var seen: Set<[String]> = []
    func add(_ path: String, _ folder: String) throws {
      guard let place = ResourcePath(raw: path), !path.contains("%"), !place.segments.contains(where: FileRules.isHidden) else {
        throw TangorError(
          .invalidParameters, "'\(path)' is no path to serve a folder at; write it as '/data', without '.' segments or escapes.")
      }
      guard seen.insert(place.segments).inserted else {
        throw TangorError(.invalidParameters, "Two folders are served at '\(path)'; give each a path of its own.")
      }
      let rules = FileRules(allowsWellKnown: place.segments.isEmpty)
      mounts.append(Mount(segments: place.segments, root: try FileRoot(path: folder, rules: rules, excluded: excluding)))
    }
    if let root = configuration.root { try add("/", root) }
    for (path, folder) in configuration.folders { try add(path, folder) }
    self.mounts = mounts.sorted { $0.segments.count > $1.segments.count }
  }

  /// The folder for a path and the names below it.
  func resolve(_ segments: [String]) -> (root: FileRoot, names: [String])? {
    // Names are compared as bytes, as the disk does; equality of strings takes different spellings of one letter for the same.
    let mount = mounts.first { mount in
      mount.segments.count <= segments.count && zip(mount.segments, segments).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    }
    return mount.map { ($0.root, Array(segments.dropFirst($0.segments.count))) }
  }
}
