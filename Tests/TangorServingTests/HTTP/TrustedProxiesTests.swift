import HTTPTypes
import Hummingbird
import Testing

@testable import TangorServing

@Suite struct TrustedProxiesTests {
  @Test(arguments: [
    ("127.0.0.1", true), ("127.0.0.2", false), ("10.1.2.3", true), ("11.1.2.3", false), ("192.168.7.130", true), ("192.168.7.127", false),
    ("::1", true), ("::2", false), ("2001:db8::5", true), ("2001:db9::5", false), ("::ffff:10.9.9.9", true), ("unknown", false),
    ("", false),
    ("/run/socket", false),
  ])
  func addressesAndNetworks(address: String, isTrusted: Bool) throws {
    let proxies = try #require(TrustedProxies(["127.0.0.1", "10.0.0.0/8", "192.168.7.128/25", "::1", "2001:db8::/32"]))
    #expect(proxies.contains(address) == isTrusted)
  }

  @Test func everybodyAndNobody() throws {
    #expect(!TrustedProxies().contains("127.0.0.1"))
    #expect(try #require(TrustedProxies(["0.0.0.0/0"])).contains("1.2.3.4"))
    #expect(!(try #require(TrustedProxies(["0.0.0.0/0"])).contains("::2")))
  }

  @Test(arguments: ["localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "::/129", "1.2.3.4/", "1.2.3.4/8/8", ""])
  func whatIsNoAddressIsRefused(text: String) { #expect(TrustedProxies([text]) == nil) }

  private func address(_ headers: HTTPFields, from client: String = "127.0.0.1", isSecure: Bool = false) throws -> PublicAddress {
    let head = HTTPRequest(method: .get, scheme: "http", authority: "inner:80", path: "/", headerFields: headers)
    return PublicAddress(
      of: Request(head: head, body: .init(buffer: .init())), from: Client(address: client), isSecure: isSecure,
      proxies: try #require(TrustedProxies(["127.0.0.1"])))
  }

  @Test func aTrustedProxySaysHowItWasReached() throws {
    let forwarded: HTTPFields = [.forwardedProto: "https, http", .forwardedHost: "outer.example:8443, inner"]
    #expect(try address(forwarded).webSocket("/x") == "wss://outer.example:8443/x")
    #expect(try address(forwarded, from: "1.2.3.4").webSocket("/x") == "ws://inner:80/x")
    #expect(try address([:]).webSocket("/x") == "ws://inner:80/x")
    #expect(try address([:], isSecure: true).webSocket("/x") == "wss://inner:80/x")
    #expect(
      try address([.forwardedProto: "HTTP"], isSecure: true).webSocket("/x") == "ws://inner:80/x", "the proxy ends TLS towards nobody")
    #expect(try address([.forwardedHost: " "]).host == "inner:80")
  }
}
