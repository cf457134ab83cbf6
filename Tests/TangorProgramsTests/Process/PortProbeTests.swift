import NIOCore
import NIOPosix
import Testing

@testable import TangorPrograms

@Suite(.timeLimit(.minutes(1))) struct PortProbeTests {
  @Test func freePortsAreFreeAndDifferent() async throws {
    let ports = try (0..<100).map { _ in try PortProbe.freePort() }
    #expect(Set(ports).count == ports.count)
    let group = MultiThreadedEventLoopGroup.singleton
    for port in ports.prefix(3) {
      #expect(await !PortProbe.answers(port: port, on: group.any()))
      let server = try await ServerBootstrap(group: group).bind(host: "127.0.0.1", port: port).get()
      #expect(await PortProbe.answers(port: port, on: group.any()))
      try await server.close()
      // A child that another test starts at this moment has the socket too, until it becomes another program.
      while await PortProbe.answers(port: port, on: group.any()) {}
    }
  }
}
