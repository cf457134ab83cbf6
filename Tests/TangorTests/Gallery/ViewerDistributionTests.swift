import Foundation
import Testing

@testable import Tangor
@testable import TangorGallery

@Suite struct ViewerDistributionTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tangor-viewer-\(UUID().uuidString)")

  private func text(_ configuration: TangorConfiguration) -> String {
    String(decoding: ViewerDistribution.Place(configuration).jsonBytes(), as: UTF8.self)
  }

  @Test func withoutAFolderPagesAreSentElsewhere() {
    var configuration = TangorConfiguration()
    #expect(text(configuration) == #"{"version":"3.8.0","base":"https://cdn.jsdelivr.net/npm/","websocket":"websocket"}"#)
    configuration.perspective.path = ""
    #expect(text(configuration).contains(#""websocket":"""#))
  }

  @Test func aFolderIsServedOnlyIfItHoldsTheViewer() throws {
    var configuration = TangorConfiguration()
    let error = #expect(throws: StartError.self) { try ViewerDistribution.serve(folder.path, in: &configuration) }
    #expect(error?.description.contains("make demo") == true)
    #expect(configuration.site.folders.isEmpty)
    defer { try? FileManager.default.removeItem(at: folder) }
    for file in ViewerDistribution.files {
      let place = folder.appendingPathComponent("@finos/\(file)")
      try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("export {};".utf8).write(to: place)
    }
    try ViewerDistribution.serve(folder.path, in: &configuration)
    #expect(configuration.site.folders == ["/perspective": folder.path])
    #expect(text(configuration).contains(#""base":"perspective/""#))
    #expect(throws: StartError.self) { try ViewerDistribution.serve(folder.path, in: &configuration) }
  }
}
