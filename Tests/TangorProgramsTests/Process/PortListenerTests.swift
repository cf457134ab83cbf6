import Glibc
import NIOCore
import NIOPosix
import TangorCore
import Testing

@testable import TangorPrograms

@Suite(.timeLimit(.minutes(1))) struct PortListenerTests {
  private static let table = """
      sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
       0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 1 0 100 0 0 10 0
       1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 22 1 0 20 4 30 10 -1
       2: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 33 1 0 100 0 0 10 0
       3: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 44 1 0 100 0 0 10 0
       4: broken
    """

  @Test func readsTheKernelsTable() {
    #expect(PortListener.inodes(listeningAt: 8_080, in: Self.table) == ["11", "33"])
    #expect(PortListener.inodes(listeningAt: 50_000, in: Self.table) == [], "that is the other end of a connection")
    #expect(PortListener.inodes(listeningAt: 8_080, in: "") == [])
  }

  @Test func tellsWhoseAPortIs() async throws {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(server.localAddress?.port)
    let child = try await Child.start(script: "exec sleep 60")
    #expect(PortListener.isHeld(port, by: ProcessGroup(child.process.processIdentifier)) == false)
    #expect(PortListener.isHeld(port, by: ProcessGroup(getpgrp())) == true, "it is this process's own")
    await child.process.terminate(grace: .seconds(1))
    try await server.close()
  }

  /// Another process may take the port between its choice and its use. Its answers are no sign that the program is ready.
  @Test func aPortThatOthersAnswerIsNoSignOfReadiness() async throws {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(server.localAddress?.port)
    let program = Program(
      kind: "test", settings: ProgramKind(command: []), script: nil, client: "test", limits: ProgramLimits(), time: .continuous)
    let start = ProgramStart(program: program, port: port, eventLoop: MultiThreadedEventLoopGroup.singleton.any(), time: .continuous)
    let command = ChildCommand(executable: "sh", arguments: ["-c", "sleep 0.3; exit 7"], environment: Child.environment)
    let outcome = try await start.run(command, until: TimeSource.continuous.now() + .seconds(30), onEnd: {})
    guard case .failed(7) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    try await server.close()
  }
}
