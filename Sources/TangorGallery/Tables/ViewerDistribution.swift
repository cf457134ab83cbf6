import Foundation
public import Tangor

/// Where pages get Perspective's viewer from: a folder that is served to them, else the network of a package registry.
///
/// The folder holds the packages as the registry names them, `@finos/perspective@3.8.0/dist/…`, so that a page needs another beginning of
/// the address and nothing else.
public struct ViewerDistribution: Sendable {
  /// The viewer's version, which is the one that the gallery is tried with.
  public static let version = "3.8.0"
  static let elsewhere = "https://cdn.jsdelivr.net/npm/"
  private static let path = "/perspective"
  static let files = [
    "perspective@\(version)/dist/cdn/perspective.js", "perspective-viewer@\(version)/dist/cdn/perspective-viewer.js",
    "perspective-viewer-datagrid@\(version)/dist/cdn/perspective-viewer-datagrid.js",
    "perspective-viewer-d3fc@\(version)/dist/cdn/perspective-viewer-d3fc.js",
  ]

  /// Serves a folder with the distribution at `/perspective/`.
  ///
  /// - Parameters:
  ///   - folder: The folder, in which there is `@finos`.
  ///   - configuration: Gets the folder.
  /// - Throws: ``StartError`` when the folder lacks a file, or something else is served at the path.
  public static func serve(_ folder: String, in configuration: inout TangorConfiguration) throws {
    for file in files where !FileManager.default.isReadableFile(atPath: "\(folder)/@finos/\(file)") {
      throw StartError("the folder '\(folder)' has no '@finos/\(file)'; Perspective's distribution is got by 'make demo'")
    }
    guard configuration.site.folders[path] == nil else {
      throw StartError("the configuration serves a folder at '\(path)', where the gallery serves Perspective's viewer")
    }
    configuration.site.folders[path] = folder
  }

  /// What pages are told at `/viewer`.
  struct Place: JSONWritable {
    /// What stands before `@finos/…`, relative to the server's base where it serves the files itself.
    let base: String
    /// Where the tables' WebSocket is, relative to the server's base.
    let webSocket: String

    init(_ configuration: TangorConfiguration) {
      base = configuration.site.folders[path] == nil ? elsewhere : String(path.dropFirst()) + "/"
      webSocket = String(configuration.perspective.path.drop { $0 == "/" })
    }

    func write(to writer: inout JSONWriter) {
      writer.beginObject()
      writer.writeKey("version")
      writer.write(version)
      writer.writeKey("base")
      writer.write(base)
      writer.writeKey("websocket")
      writer.write(webSocket)
      writer.endObject()
    }
  }
}

extension ServiceRegistry {
  func addViewer(_ configuration: TangorConfiguration) throws {
    let place = ViewerDistribution.Place(configuration)
    try addQuick("/viewer", options: .init(summary: "Where pages get Perspective's viewer from.")) { _ in place }
  }
}
