import NIOCore
import TangorCore
import TangorServing
import TangorTesting
import Testing

@testable import TangorSite

@Suite struct GlobTests {
  @Test(arguments: [
    ("*", "", true), ("*", "/a/b", true), ("*/server/uploads/*.png", "/home/server/uploads/a.png", true),
    ("*/server/uploads/*.png", "/home/server/uploads/deep/a.png", true),
    ("*/server/uploads/*.png", "/home/server/uploads/a.png.exe", false),
    ("*/uploads/?.txt", "/uploads/a.txt", true), ("*/uploads/?.txt", "/uploads/ab.txt", false), ("[a-c]*", "b1", true),
    ("[!a-c]*", "b1", false),
    ("[]]", "]", true), ("[!]]", "]", false), ("[", "[", true), ("a[b", "a[b", true), ("[a-]", "-", true), ("é?", "éü", true),
    ("A", "a", false),
    ("", "", true), ("", "a", false), ("a*b*c", "aXbXbXc", true), ("a*b*c", "aXbXbX", false), ("**", "x", true),
  ])
  func matchesAsFnmatchDoes(pattern: String, text: String, matches: Bool) {
    #expect(Glob(pattern).matches(text) == matches)
  }

  @Test(.timeLimit(.minutes(1))) func aHostilePatternTakesItsSquareAtMost() {
    #expect(!Glob(String(repeating: "*a", count: 200) + "b").matches(String(repeating: "a", count: 5_000)))
  }
}

@Suite struct UploadNameTests {
  @Test(arguments: [
    "", ".", "..", ".hidden", "a/b", "/etc/passwd", "a\\b", "a\u{0}b", "a\nb", "a\u{7F}", "\u{202E}gpj.exe", "\u{2028}", " a", "a ", "a.",
    String(repeating: "é", count: 128), "\u{200B}.a", "a.py", "a.PY~", "tangor.yaml", "__pycache__", "\u{FEFF}a",
  ])
  func isRefused(name: String) {
    #expect(throws: TangorError.self) { try UploadName(name) }
  }

  @Test(arguments: ["a", "a b.png", "é", "日本.txt", String(repeating: "x", count: 255), "👩‍👩‍👧.png", "a.tar.gz", "-rf", "%2e%2e"])
  func isTaken(name: String) throws {
    #expect(try UploadName(name).text == name)
  }

  @Test func isComposed() throws {
    #expect(try UploadName("cafe\u{301}.txt").text.utf8.elementsEqual("caf\u{E9}.txt".utf8))
    #expect(try UploadName("A.TAR.GZ").kind == "gz")
    #expect(try UploadName("png").kind == "")
  }
}

@Suite struct FileSignatureTests {
  @Test func fitsByTheBeginning() {
    let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0]
    #expect(FileSignature.fits(png, kind: "png"))
    #expect(!FileSignature.fits(png, kind: "gif"))
    #expect(!FileSignature.fits(Array(png.prefix(4)), kind: "png"))
    #expect(!FileSignature.fits([], kind: "pdf"))
    #expect(FileSignature.fits(Array("RIFF\0\0\0\0WEBPVP8".utf8), kind: "webp"))
    #expect(!FileSignature.fits(Array("RIFF\0\0\0\0WAVE".utf8), kind: "webp"))
    #expect(!FileSignature.fits(Array("XXXX\0\0\0\0WEBP".utf8), kind: "webp"))
    #expect(FileSignature.fits([0x1F, 0x8B, 8], kind: "gz") && FileSignature.fits(Array("PK\u{3}\u{4}".utf8), kind: "zip"))
    #expect(FileSignature.fits(Array("a,b".utf8), kind: "csv"), "no beginning tells this type")
  }
}

@Suite struct UploadQuotaTests {
  @Test func whatIsPromisedIsNotGivenTwice() throws {
    var quota = UploadQuota(limit: 100)
    quota.count(stored: 30)
    try quota.promise(50, to: "a")
    #expect(throws: TangorError.self) { try quota.promise(21, to: "b") }
    try quota.promise(20, to: "b")
    try quota.promise(40, to: "a")
    try quota.promise(30, to: "b")
    quota.release("a", stored: 40)
    #expect(quota.promisedBytes == 30)
    #expect(throws: TangorError.self) { try quota.promise(1, to: "c") }
    quota.release("b")
    try quota.promise(30, to: "c")
    quota.count(stored: 200)
    #expect(throws: TangorError.self) { try quota.promise(31, to: "c") }
    #expect(quota.promisedBytes == 30, "what was refused changes nothing")
  }
}

@Suite struct TusPartsTests {
  @Test func metadataIsReadAsItIsWritten() {
    #expect(TusMetadata("filename d29ybGQucG5n,is_private")?.values == ["filename": "world.png", "is_private": ""])
    #expect(TusMetadata(nil)?.fileName == nil)
    #expect(TusMetadata("name d29ybGQucG5n")?.fileName == "world.png")
    for field in ["filename ***", "filename /w==", "a b c", "filename YQ==,filename Yg==", ","] { #expect(TusMetadata(field) == nil) }
  }

  @Test(arguments: ["sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00=", "md5 XUFAKrxLKna5cZ2REBfFkg=="])
  func checksumsTellBytesApart(field: String) throws {
    var right = try TusChecksum(field)
    right.update(ByteBuffer(string: "hel"))
    right.update(ByteBuffer(string: "lo"))
    try right.check()
    var wrong = try TusChecksum(field)
    wrong.update(ByteBuffer(string: "hello "))
    #expect(throws: TangorError.self) { try wrong.check() }
    #expect(throws: TangorError.self) { try TusChecksum("crc32 AAAA") }
    #expect(throws: TangorError.self) { try TusChecksum("sha1") }
  }

  @Test func namesOfUploadsOnTheirWay() {
    let key = Key()
    #expect(TusUpload.key(of: TusUpload.dataName(key)) == key && TusUpload.key(of: TusUpload.recordName(key)) == key)
    for name in ["a.part", ".tangor-upload-x.part", UploadFolder.hiddenPrefix + key.description + ".new"] {
      #expect(TusUpload.key(of: name) == nil)
    }
  }
}
