import Foundation
import Glibc
import NIOCore
import NIOPosix
import TangorTesting
import Testing

@testable import TangorPrograms

/// What must not be left behind. Each test runs in a process of its own, of which it can count the descriptors and which it can kill.
@Suite(.timeLimit(.minutes(2))) struct ChildLossTests {
  @Test func manyStartsAndDeathsLeaveNothing() async {
    await #expect(processExitsWith: .success) {
      // The first makes what is made once: the event loop and the thread that waits for children.
      _ = try await Child.start(script: "exit 0").process.waitForEnd()
      let before = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
      let endings = try await withThrowingTaskGroup(of: ChildEnding.self) { group in
        var endings: [ChildEnding: Int] = [:]
        for number in 0..<200 {
          if number >= 8, let ending = try await group.next() { endings[ending, default: 0] += 1 }
          group.addTask {
            let child = try await Child.start(script: "sleep 1000 & echo ready; test $1 = 0 && exit 0; wait", "\(number % 3)")
            _ = await child.lines(1)
            if number % 3 == 1 { kill(child.process.processIdentifier, SIGKILL) }
            let ending = number % 3 == 2 ? await child.process.terminate(grace: .seconds(60)) : await child.process.waitForEnd()
            #expect(!ProcessGroup(child.process.processIdentifier).isAlive)
            return ending
          }
        }
        return try await group.reduce(into: endings) { $0[$1, default: 0] += 1 }
      }
      #expect(endings == [.exited(0): 67, .signaled(SIGKILL): 67, .signaled(SIGTERM): 66])
      #expect(waitpid(-1, nil, WNOHANG) == -1 && errno == ECHILD, "no child is left, not even a dead one")
      #expect(try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count == before)
    }
  }

  @Test func failuresLeaveNothing() async {
    await #expect(processExitsWith: .success) {
      _ = try await Child.start(script: "exit 0").process.waitForEnd()
      let before = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
      for _ in 0..<20 {
        let long = String(repeating: "x", count: 1 << 20)
        await #expect(throws: ChildError.self) { try await Child.start(script: "exit 0", long) }
        await #expect(throws: ChildError.self) { try await Child.start(ChildCommand(executable: "/nowhere")) }
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count == before)
      // With few descriptors, a start fails somewhere on its way, at a place that differs with their number.
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      for count in 1...12 {
        var few = rlimit(rlim_cur: rlim_t(before + count), rlim_max: limit.rlim_max)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &few)
        let child = try? await Child.start(script: "exit 0")
        _ = await child?.process.waitForEnd()
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count == before)
      }
      _ = try await Child.start(script: "exit 0").process.waitForEnd()
    }
  }

  @Test func aProcessWhoseEndCouldNotBeHeardOfIsGivenUp() async {
    await #expect(processExitsWith: .success) {
      _ = try await Child.start(script: "exit 0").process.waitForEnd()
      let (reading, writing) = try Descriptor.pipe()
      let null = (0..<2).map { _ in Descriptor(open("/dev/null", O_WRONLY | O_CLOEXEC)) }
      let launch = ChildLaunch(
        command: ChildCommand(executable: "sleep", arguments: ["1000"], environment: Child.environment), executable: "/bin/sleep",
        input: reading, output: null[0], error: null[1])
      // All numbers are taken, so that the process begins and no descriptor for it can be had.
      var few = rlimit(rlim_cur: 256, rlim_max: 256)
      #expect(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &few) == 0)
      while dup(0) >= 0 {}
      Task { await launch.run() }
      let begun = await launch.group.value
      #expect(throws: ChildError(.outOfResources, "No file could be opened when sleep was started.")) { try begun.get() }
      let (status, group) = await launch.end.value
      #expect(status == .signaled(SIGKILL))
      writing.close()
      await group?.vanish()
      #expect(waitpid(-1, nil, WNOHANG) == -1 && errno == ECHILD)
      #expect(group?.isAlive == false)
    }
  }

  @Test func aServerThatIsKilledLeavesNoProgram() async throws {
    let mark = Self.mark()
    let killed =
      await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) { [mark = mark as String] in
        let child = try await Child.start(script: "trap '' TERM HUP INT; sleep $1 & echo ready; while :; do sleep $1; done", mark)
        #expect(await child.lines(1) == ["ready"])
        print("<\(child.process.processIdentifier)>")
        fflush(nil)
        kill(getpid(), SIGKILL)
      }
    let result = try #require(killed)
    let printed = String(decoding: result.standardOutputContent, as: UTF8.self)
    let identifier = try #require(printed.split(separator: "<").last.flatMap { Int32($0.prefix { $0 != ">" }) })
    while ProcessGroup(identifier).isAlive { await Task.yield() }
    #expect(Self.processes(with: mark) == 0)
  }

  @Test func aServerThatIsKilledWhileProgramsStartLeavesNone() async throws {
    let mark = Self.mark()
    await #expect(processExitsWith: .signal(SIGKILL)) { [mark = mark as String] in
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<24 {
          group.addTask {
            let command = ChildCommand(executable: "sleep", arguments: [mark], environment: Child.environment)
            let child = try? await Child.start(command)
            // The first that is there ends it all; the others are somewhere on their way.
            kill(getpid(), SIGKILL)
            _ = await child?.process.waitForEnd()
          }
        }
      }
    }
    // One that the system was about to start shows its arguments a little later.
    var clean = 0
    while clean < 50 {
      clean = Self.processes(with: mark) == 0 ? clean + 1 : 0
      await Task.yield()
    }
    #expect(Self.processes(with: mark) == 0)
  }

  /// An argument that no other process has, and that `sleep` takes for a time.
  private static func mark() -> String { "86400.\(UInt64.random(in: 1 << 40..<1 << 50))" }

  /// How many processes have the mark among their arguments, but for the tests' own processes.
  private static func processes(with mark: String) -> Int {
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return folders.count { name in
      guard Int32(name) != nil, let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") else { return false }
      let arguments = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      return arguments.contains(mark)
    }
  }
}
