import Glibc
import Testing

@testable import TangorPrograms

@Suite struct ProcessStatusTests {
  /// A line of the kernel's about a process of some name and state.
  private func line(_ name: String, _ state: String) -> [UInt8] {
    Array("4711 (\(name)) \(state) 1 4700 4600 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 99 123456 321 18446744073709551615 0\n".utf8)
  }

  @Test func namesMayHoldAnything() {
    for name in ["sh", "a b", ") Z 1 2 (", "", "(((", "1)2"] {
      let status = ProcessStatus(line(name, "S"))
      #expect(status?.identifier == 4711)
      #expect(status?.group == 4700)
      #expect(status?.residentPages == 321)
      #expect(status?.isDead == false)
    }
  }

  @Test func theDeadAreToldFromTheLiving() {
    for state in ["Z", "X"] { #expect(ProcessStatus(line("sh", state))?.isDead == true) }
    for state in ["R", "S", "D", "T", "t", "I"] { #expect(ProcessStatus(line("sh", state))?.isDead == false) }
  }

  @Test func linesThatAreCutAreNone() {
    let whole = line("sh", "S")
    for count in 0..<whole.count where ProcessStatus(whole[..<count]) != nil {
      #expect(count >= whole.count - 26, "only what stands behind the pages may be missing")
    }
  }

  @Test func thisProcessIsAmongAll() {
    var found: [ProcessStatus] = []
    ProcessStatus.forEach { if $0.identifier == getpid() { found.append($0) } }
    #expect(found.map(\.group) == [getpgrp()])
    #expect(found.allSatisfy { $0.residentPages > 0 && !$0.isDead })
  }
}
