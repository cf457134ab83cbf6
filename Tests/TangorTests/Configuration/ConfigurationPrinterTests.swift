import TangorCore
import TangorServing
import TangorSite
import TangorStreams
import TangorTesting
import Testing

@testable import Tangor

@Suite struct ConfigurationPrinterTests {
  @Test func thePrintedDefaultsLoadToTheDefaults() throws {
    let text = ConfigurationPrinter.text(of: TangorConfiguration())
    #expect(try allValues(read(text)) == allValues(TangorConfiguration()))
    for key in TangorConfiguration.schema.keys {
      #expect(text.contains("# \(key.summary)\n"), "\(key.name)")
      #expect(text.contains("\(key.leaf):"), "\(key.name)")
    }
  }

  @Test func aChangedValueStandsBesideItsDefault() throws {
    var configuration = TangorConfiguration()
    configuration.port = 9000
    configuration.site.folders = ["/data": "/m x", "/b": "y: z"]
    let text = ConfigurationPrinter.text(of: configuration)
    #expect(text.contains("default 8080)\nport: 9000\n"))
    #expect(text.contains("  folders:\n    /b: \"y: z\"\n    /data: /m x\n"))
  }

  /// Whatever values a configuration holds, its print loads to them.
  @Test(arguments: 0..<20)
  func printedFilesLoadToTheSameValues(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<20 {
      let configuration = randomConfiguration(&generator)
      let text = ConfigurationPrinter.text(of: configuration)
      let again = try read(text)
      #expect(allValues(again) == allValues(configuration), "\(text)")
      #expect(again.streams.lease == configuration.streams.lease)
      #expect(again.site.folders == configuration.site.folders)
    }
  }

  private func randomConfiguration(_ generator: inout SeededGenerator) -> TangorConfiguration {
    var configuration = TangorConfiguration()
    configuration.host = randomText(&generator)
    configuration.port = Int.random(in: 0...65_535, using: &generator)
    configuration.basePath = ["", "/a", "/a/b.c~d"].randomElement(using: &generator) ?? ""
    configuration.tls.certificate = randomText(&generator)
    configuration.tls.key = randomText(&generator)
    configuration.log.level = TangorConfiguration.LogLevel.allCases.randomElement(using: &generator) ?? .info
    configuration.site.root = Bool.random(using: &generator) ? nil : randomText(&generator)
    configuration.site.homepage = Bool.random(using: &generator) ? nil : randomText(&generator)
    configuration.site.cacheControl = randomText(&generator)
    configuration.site.listings = .random(using: &generator)
    for index in 0..<Int.random(in: 0...3, using: &generator) { configuration.site.folders["/f\(index)"] = randomText(&generator) }
    configuration.site.cacheSize = ByteSize(bytes: Int.random(in: 0...(1 << 40), using: &generator))
    configuration.serving.maximumBodySize = ByteSize(bytes: Int.random(in: 0...(1 << 31), using: &generator))
    configuration.serving.idleTimeout = .milliseconds(Int.random(in: 10...86_400_000, using: &generator))
    configuration.streams.lease = .nanoseconds(Int.random(in: 10_000_000...1_000_000_000_000, using: &generator))
    configuration.serving.webSocket.origins = ["*", "https://a.b:1"].filter { _ in Bool.random(using: &generator) }
    return configuration
  }

  private func randomText(_ generator: inout SeededGenerator) -> String {
    let words = [
      "a", "true", "~", "null", "1", "- ", ": ", "#", "'", "\"", "\\", " ", "é", "日", "/", "{", "}", "[", ",", "&", "*", "!", "%", "@", "`",
      "|", ">", "---", "...", "\u{85}", "\u{2028}", "😀", "0x1", "=", "<<", "?",
    ]
    return (0..<Int.random(in: 1...6, using: &generator)).map { _ in words.randomElement(using: &generator) ?? "" }.joined()
  }
}
