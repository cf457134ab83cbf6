import TangorServing
import Testing

@Suite struct FileNamesTests {
  @Test(arguments: [
    ("br, gzip", [ContentCoding.brotli, .gzip]), ("gzip", [.gzip]), ("GZIP", [.gzip]), ("x-gzip", [.gzip]), ("", []), ("deflate", []),
    ("*", [.brotli, .gzip]), ("br;q=0, *", [.gzip]), ("gzip;q=1.0, br;q=0.5", [.gzip, .brotli]), ("gzip;q=0", []), ("identity", []),
    ("identity, gzip", [.gzip]), ("identity;q=1, gzip;q=0.5", []), ("gzip;q=0.5, identity;q=0", [.gzip]), ("gzip;q=2", []),
    ("gzip ; q=0.8 , br ; Q=0.9", [.brotli, .gzip]), ("brotli", []), ("gzip;q=junk", []),
  ])
  func codings(_ field: String, _ expected: [ContentCoding]) { #expect(ContentCoding.accepted(by: field) == expected) }

  @Test(arguments: [
    ("index.html", "text/html; charset=utf-8"), ("A.HTML", "text/html; charset=utf-8"), ("/x.y/a.css", "text/css; charset=utf-8"),
    ("a.js", "text/javascript; charset=utf-8"), ("a.mjs", "text/javascript; charset=utf-8"), ("a.json", "application/json"),
    ("tangor.js.map", "application/json"), ("a.wasm", "application/wasm"), ("a.svg", "image/svg+xml"), ("a.woff2", "font/woff2"),
    ("a.avif", "image/avif"), ("a.webp", "image/webp"), ("a.csv", "text/csv; charset=utf-8"),
    ("a.arrow", "application/vnd.apache.arrow.file"),
    ("a.parquet", "application/vnd.apache.parquet"), ("a.md", "text/markdown; charset=utf-8"), ("a.txt", "text/plain; charset=utf-8"),
    ("a.pdf", "application/pdf"), ("a.mp4", "video/mp4"), ("a.mp3", "audio/mpeg"), ("a.ndjson", "application/x-ndjson"),
    ("a.tar.gz", "application/gzip"), ("README", "text/plain; charset=utf-8"), ("a.unknown", "application/octet-stream"),
    ("noending", "application/octet-stream"), (".html", "application/octet-stream"), ("", "application/octet-stream"),
    ("a.", "application/octet-stream"),
  ])
  func mediaTypes(_ name: String, _ type: String) { #expect(MediaTypes.type(ofFile: name) == type) }

  @Test(arguments: [
    "a.py", "a.PY", "a.pyw", "a.pyc", "a.pyo", "a.pyd", "a.py~", "a.py.bak", "a.py.gz", "a.py.br", "a.py.", "a.py ", "a.p\u{200B}y",
    "a.p\u{AD}y", "A.pYc", "a.py.orig", "a.b.py", ".py",
  ])
  func serviceSources(_ name: String) { #expect(FileRules.isServiceSource(name)) }

  @Test(arguments: ["py", "apy", "a.pyx.txt", "a.python", "a.html", "happy.css"])
  func otherNames(_ name: String) {
    #expect(!FileRules.isServiceSource(name))
    #expect(FileRules().allow([name]))
  }

  @Test func wellKnownCountsAtTheTopAlone() {
    let rules = FileRules(allowsWellKnown: true)
    #expect(rules.allow([".well-known", "security.txt"]))
    #expect(!rules.allow(["a", ".well-known", "x"]))
    #expect(!rules.allow([".well-known", ".git"]))
    #expect(!rules.allow([".Well-Known"]))
    #expect(!FileRules().allow([".well-known", "x"]))
    #expect(!rules.allow(["\u{200B}.git"]))
  }

  @Test func pathsAreDecodedOnce() {
    #expect(ResourcePath(raw: "/a%20b/%C3%A9.txt")?.segments == ["a b", "é.txt"])
    #expect(ResourcePath(raw: "/%252e%252e/x")?.segments == ["%2e%2e", "x"])
    #expect(ResourcePath(raw: "/a/") == ResourcePath(segments: ["a"], isDirectory: true))
    #expect(ResourcePath(raw: "/") == ResourcePath(segments: [], isDirectory: true))
    #expect(ResourcePath(raw: "/a+b")?.segments == ["a+b"])
    #expect(ResourcePath.encoded("a b/é%:?#\"") == "a%20b%2F%C3%A9%25%3A%3F%23%22")
  }

  @Test func everyEncodedNameReadsBack() {
    for scalar in [0x21...0x2E, 0x30...0x5B, 0x5D...0x7E, 0xA0...0x2FF, 0x1F600...0x1F640].joined() {
      let name = "x\(Unicode.Scalar(UInt32(scalar))!)"
      #expect(ResourcePath(raw: "/" + ResourcePath.encoded(name))?.segments == [name])
    }
  }
}
