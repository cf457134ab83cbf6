import Foundation
import TangorServing
import TangorSite
import TangorStreams
import Testing

@testable import Tangor

@Suite struct StartCheckTests {
  @Test func aFolderThatIsNotThereIsNamed() {
    var configuration = TangorConfiguration()
    configuration.port = 0
    configuration.site.root = "/nonexistent"
    #expect(throws: StartError("cannot read the folder '/nonexistent': no such file or directory")) { try StartCheck.check(configuration) }
    configuration.site.root = "/dev/null"
    #expect(throws: StartError("cannot read the folder '/dev/null': not a directory")) { try StartCheck.check(configuration) }
    configuration.site.root = "/"
    configuration.tls.certificate = "/nonexistent.pem"
    #expect(throws: StartError("cannot read the file '/nonexistent.pem': no such file or directory")) {
      try StartCheck.check(configuration)
    }
    configuration.tls.certificate = "/"
    #expect(throws: StartError("cannot read the file '/': is a directory")) { try StartCheck.check(configuration) }
  }

  @Test func aTakenPortIsNamedAndTheNextFreeOneFound() throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        guard bind(descriptor, generic, length) == 0, listen(descriptor, 1) == 0, getsockname(descriptor, generic, &length) == 0 else {
          return 0
        }
        return Int(pointer.pointee.sin_port.bigEndian)
      }
    }
    try #require(port > 0)
    var configuration = TangorConfiguration()
    configuration.port = port
    #expect(throws: StartError("port \(port) on 127.0.0.1 is in use; choose another with --port")) { try StartCheck.check(configuration) }
    #expect(StartCheck.freePort(on: "127.0.0.1", from: port) != port)
    #expect(StartCheck.freePort(on: "127.0.0.1", from: port, attempts: 1) == nil)
  }

  @Test func anAddressThatIsNoneIsNamed() {
    var configuration = TangorConfiguration()
    configuration.host = "192.0.2.1"
    #expect(throws: StartError("192.0.2.1 is not an address of this machine; choose another with --host")) {
      try StartCheck.check(configuration)
    }
    configuration.host = "no such host"
    #expect(throws: StartError("there is no address for the host 'no such host'; choose another with --host")) {
      try StartCheck.check(configuration)
    }
  }

  @Test func addressesAreWrittenForBrowsers() {
    var configuration = TangorConfiguration()
    #expect(configuration.address() == "http://127.0.0.1:8080/")
    configuration.host = "::"
    configuration.basePath = "/app"
    configuration.tls.certificate = "c"
    #expect(configuration.address(port: 1) == "https://[::1]:1/app/")
  }
}
