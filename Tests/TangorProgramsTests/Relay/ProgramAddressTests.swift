import Testing

@testable import TangorPrograms

@Suite struct ProgramAddressTests {
  private let address = ProgramAddress(port: 9000, authority: "Server.example:8080", prefix: "/base/program/k")

  @Test(arguments: [
    ("/login", "/base/program/k/login"), ("/", "/base/program/k/"), ("/a?next=/b", "/base/program/k/a?next=/b"),
    ("http://127.0.0.1:9000/a", "/base/program/k/a"), ("http://LOCALHOST:9000", "/base/program/k/"),
    ("http://localhost:9000?q", "/base/program/k/?q"), ("//127.0.0.1:9000/a#f", "/base/program/k/a#f"),
    ("https://server.example:8080/a", "/base/program/k/a"), ("https://server.example:8080/base/program/k/a", "/base/program/k/a"),
    ("/base/program/k", "/base/program/k"), ("/base/program/k?a", "/base/program/k?a"),
    ("/base/program/kk", "/base/program/k/base/program/kk"),
    ("a/b", "a/b"), ("?q", "?q"), ("../x", "../x"), ("", ""), ("http://127.0.0.1:9001/a", "http://127.0.0.1:9001/a"),
    ("https://other.example/a", "https://other.example/a"), ("//other.example/a", "//other.example/a"), ("mailto:a@b", "mailto:a@b"),
  ])
  func locations(given: String, expected: String) { #expect(address.rewritten(location: given) == expected) }

  @Test(arguments: [
    ("a=b", "a=b"), ("a=b; Path=/", "a=b; Path=/base/program/k/"), ("a=b;path = /x ; HttpOnly", "a=b; Path=/base/program/k/x; HttpOnly"),
    ("a=b; Domain=127.0.0.1; Secure", "a=b; Secure"), ("a=b; Path=relative", "a=b; Path=relative"), ("a=b; Path", "a=b; Path"),
    ("path=/x; Path=/base/program/k/y", "path=/x; Path=/base/program/k/y"),
  ])
  func cookies(given: String, expected: String) { #expect(address.rewritten(cookie: given) == expected) }
}
