import Hummingbird
import HummingbirdTesting
import TangorCore
import TangorTesting
import Testing

@testable import TangorSite

@Suite struct HostilePathsTests {
  /// Everything here answers 404 and nothing of what it aims at.
  static let paths = [
    // Out of the root
    "/..", "/../", "/../secret.txt", "/../../../../etc/passwd", "/a/../../secret.txt", "/a/..", "/a/../a.txt", "/./a.txt", "/a/./b.txt",
    "/.",
    "/%2e%2e/secret.txt", "/%2E%2E/secret.txt", "/.%2e/secret.txt", "/%2e./secret.txt", "/%2e/a.txt", "/..%2fsecret.txt",
    "/..%2Fsecret.txt", "/%2e%2e%2fsecret.txt", "/a%2f..%2f..%2fsecret.txt", "/%252e%252e/secret.txt", "/%252e%252e%252fsecret.txt",
    "/..%5csecret.txt", "/..\\secret.txt", "/%5c..%5csecret.txt", "/a\\b.txt", "/a%5Cb.txt", "/..;/secret.txt", "/..%00/secret.txt",
    "/%c0%ae%c0%ae/secret.txt", "/%e0%80%ae%e0%80%ae/secret.txt", "/%c0%2e/secret.txt", "/..%c0%afsecret.txt", "/..%ef%bc%8fsecret.txt",
    "/%ef%bc%8e%ef%bc%8e/secret.txt", "/%u002e%u002e/secret.txt", "//etc/passwd", "///etc/passwd", "//a.txt", "/a//b.txt", "/a/b.txt//",
    "/%2fetc%2fpasswd", "/%2f%2fetc/passwd", "/a%2fb.txt", "/%2Fa.txt",
    // Broken spellings
    "/a.txt%00", "/a.txt%00.html", "/%00", "/a%0a.txt", "/a.txt%0d%0aX:1", "/a%7f.txt", "/%", "/%2", "/%zz", "/a.txt%", "/%+1", "/% 1",
    "/%ff", "/%80.txt", "/%ed%a0%80.txt", "/%f4%90%80%80", "/a.txt/", "/a.txt/b", "/a.txt/..", "/a.txt%2f", "/a.txt/.",
    // Dot-files
    "/.htaccess", "/.htpasswd", "/.git/config", "/%2egit/config", "/%2Egit/config", "/a/.env", "/.env", "/.well-known/.secret",
    "/a/.well-known/x", "/.WELL-KNOWN/x", "/%e2%80%8b.env", "/...", "/.../a.txt",
    // Service sources and their configuration
    "/calc.py", "/calc.PY", "/calc%2epy", "/calc.p%79", "/calc.py/", "/calc.py~", "/calc.py.bak", "/calc.py.gz", "/calc.py.br", "/calc.pyw",
    "/calc.pyc", "/calc.pyo", "/calc.pyd", "/__pycache__/calc.cpython-311.pyc", "/calc.yaml", "/calc.yml", "/calc.json", "/calc.YAML",
    "/calc.yaml.gz", "/calc.json~", "/calc.py%20", "/calc.py.", "/calc.p%e2%80%8by", "/%63%61%6c%63.yaml",
    // The server's own configuration, however it is reached
    "/tangor.yaml", "/tangor.yaml.bak", "/settings.txt", "/hard.txt",
    // Links out of the root, and links to what is not served
    "/out.txt", "/outdir/secret.txt", "/outdir/", "/outdir", "/passwd", "/up/secret.txt", "/toenv", "/togit/config", "/topy.txt",
    "/toyaml.txt",
    "/loop", "/loop/a", "/dangling", "/proc/self/environ", "/chain.txt",
    // No regular files
    "/fifo", "/device", "/fifo/", "/device/x",
    // Too long
    "/" + String(repeating: "a", count: 256), "/" + String(repeating: "a/", count: 3_000),
  ]

  static func fixture() -> SiteFixture {
    var site = SiteFixture()
    site.configuration.listings = true
    let folder = site.folder
    let outside = TemporaryFolder()
    outside.write("secret.txt", "secret")
    folder.write("a.txt", "fine")
    folder.write("a/b.txt", "fine")
    for name in [
      ".htpasswd", ".env", "a/.env", ".git/config", ".well-known/.secret", "a/.well-known/x", "\u{200B}.env", ".../a.txt", "calc.py",
      "calc.PY",
      "calc.py~", "calc.py.bak", "calc.py.gz", "calc.py.br", "calc.pyw", "calc.pyc", "calc.pyo", "calc.pyd",
      "__pycache__/calc.cpython-311.pyc",
      "calc.yaml", "calc.yml", "calc.json", "calc.YAML", "calc.yaml.gz", "calc.json~", "calc.py ", "calc.py.", "calc.p\u{200B}y",
      "tangor.yaml",
      "tangor.yaml.bak", "a\\b.txt",
    ] { folder.write(name, "secret") }
    folder.write(".well-known/security.txt", "fine")
    folder.write("other.yaml", "fine")
    site.excluding = [folder.path("tangor.yaml")]
    folder.link("settings.txt", to: "tangor.yaml")
    folder.hardLink("hard.txt", to: "tangor.yaml")
    folder.link("out.txt", to: outside.path("secret.txt"))
    folder.link("outdir", to: outside.path)
    folder.link("passwd", to: "/etc/passwd")
    folder.link("up", to: "../" + (outside.path.split(separator: "/").last ?? ""))
    folder.link("toenv", to: ".env")
    folder.link("togit", to: ".git")
    folder.link("topy.txt", to: "calc.py")
    folder.link("toyaml.txt", to: "calc.yaml")
    folder.link("loop", to: "loop")
    folder.link("dangling", to: "nothing")
    folder.link("proc", to: "/proc")
    folder.link("chain.txt", to: "out.txt")
    folder.link("device", to: "/dev/zero")
    folder.makeFIFO("fifo")
    site.others = [outside]
    return site
  }

  @Test func theTableIsLong() { #expect(Set(Self.paths).count >= 60) }

  @Test func hostilePathsAnswerLikeMissingFiles() async throws {
    let site = Self.fixture()
    try await site.application().test(.router) { client in
      for path in Self.paths {
        for method in [HTTPRequest.Method.get, .head, .post] {
          let answer = try await client.execute(uri: path, method: method)
          #expect(answer.status == .notFound, "\(method) \(path)")
          #expect(!answer.text.contains("secret") && !answer.text.contains("root:"), "\(path)")
        }
      }
    }
  }

  @Test func hostilePathsOverTheWire() async throws {
    let site = Self.fixture()
    try await site.application().test(.live) { client in
      // A raw space or backslash is refused by the client itself.
      for path in Self.paths where !path.contains(" ") && !path.contains("\\") {
        let answer = try await client.execute(uri: path, method: .get)
        #expect(answer.status == .notFound || answer.status == .badRequest, "\(path)")
        #expect(!answer.text.contains("secret"), "\(path)")
      }
    }
  }

  @Test func harmlessNeighboursAreServed() async throws {
    let site = Self.fixture()
    site.folder.link("in.txt", to: "a/b.txt")
    site.folder.link("absolute.txt", to: site.folder.path("a/b.txt"))
    site.folder.link("indir", to: "a")
    for path in ["/a.txt", "/a/b.txt", "/%61.txt", "/.well-known/security.txt", "/other.yaml", "/in.txt", "/absolute.txt", "/indir/b.txt"] {
      let answer = try await site.get(path)
      #expect(answer.text == "fine", "\(path)")
    }
    #expect(try await site.get("/a/").status == .ok)
  }

  @Test func listingShowsWhatIsServedAlone() async throws {
    let site = Self.fixture()
    let page = try await site.get("/").text
    for name in [
      "calc", "tangor", "settings", "hard", "passwd", "out", "env", "git", "htpasswd", "fifo", "device", "loop", "dangling", "proc",
      "chain",
      "yaml.txt", "up/",
    ] { #expect(!page.contains(">\(name)"), "\(name)") }
    #expect(page.contains("a.txt"))
    #expect(page.contains("other.yaml"))
  }

  @Test func rootBehindALinkIsServed() async throws {
    let folder = TemporaryFolder()
    folder.write("one/a.txt", "1")
    folder.write("two/a.txt", "2")
    folder.link("current", to: "one")
    var site = SiteFixture()
    site.configuration.root = folder.path("current")
    site.configuration.cacheSize = .init(bytes: 0)
    try await site.application().test(.router) { client in
      let one = try await client.execute(uri: "/a.txt", method: .get)
      #expect(one.text == "1")
      folder.link("next", to: "two")
      folder.replace("current", with: "next")
      let two = try await client.execute(uri: "/a.txt", method: .get)
      #expect(two.text == "2")
    }
  }

  @Test func foldersThatAnotherServerGuardedAreRefused() async throws {
    let site = SiteFixture()
    site.folder.write("open/.htaccess", "AddType text/plain .foo\n")
    site.folder.write("open/a.txt", "fine")
    site.folder.write("guarded/.htaccess", "  authtype digest\n")
    site.folder.write("guarded/inner/a.txt", "secret")
    #expect(try await site.get("/open/a.txt").text == "fine")
    for path in ["/guarded/inner/a.txt", "/guarded/inner/", "/guarded/"] {
      let answer = try await site.get(path)
      #expect(answer.status == .forbidden, "\(path)")
      #expect(!answer.text.contains("secret"))
    }
  }

  @Test func descriptorsComeBack() async throws {
    let site = Self.fixture()
    site.folder.writeSparse("large.bin", size: 3 << 20)
    try await site.application().test(.router) { client in
      func open() -> Int { TemporaryFolder.openDescriptors(below: site.folder.path) }
      for path in ["/", "/a.txt", "/out.txt", "/fifo", "/large.bin", "/none", "/a", "/calc.yaml"] {
        for method in [HTTPRequest.Method.get, .head, .post] { _ = try await client.execute(uri: path, method: method) }
      }
      #expect(open() == 0)
    }
  }
}
