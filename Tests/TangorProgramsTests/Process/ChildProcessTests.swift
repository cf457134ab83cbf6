import Glibc
import NIOCore
import NIOPosix
import Synchronization
import TangorCore
import TangorTesting
import Testing

@testable import TangorPrograms

@Suite(.timeLimit(.minutes(2))) struct ChildProcessTests {
  @Test func endingsAreToldAsTheSystemTellsThem() async throws {
    #expect(try await Child.start(script: "exit 0").process.waitForEnd() == .exited(0))
    #expect(try await Child.start(script: "exit 7").process.waitForEnd() == .exited(7))
    #expect(try await Child.start(script: "kill -SEGV $$").process.waitForEnd() == .signaled(SIGSEGV))
    #expect(ChildEnding.signaled(SIGKILL).returnCode == -9)
    #expect(ChildEnding.exited(3).returnCode == 3)
  }

  @Test func allThatItPrintedIsThereWhenItHasEnded() async throws {
    let child = try await Child.start(script: "echo one; echo two >&2; printf three; printf four >&2; exit 3")
    let (ending, standardOutput, standardError) = await child.end()
    #expect(ending == .exited(3))
    #expect(standardOutput == ["one", "three"])
    #expect(standardError == ["two", "four"])
  }

  @Test func argumentsReachItUnchanged() async throws {
    let arguments = ["", " ", "a b", "$HOME", "'\"`\\", "-e", "line\nbreak", "é"]
    let command = ChildCommand(executable: "printf", arguments: ["<%s>\\0"] + arguments, environment: Child.environment)
    let (ending, standardOutput, _) = try await Child.start(command).end()
    #expect(ending == .exited(0))
    #expect(standardOutput.joined(separator: "\n") == arguments.map { "<\($0)>\0" }.joined())
  }

  @Test func itGetsItsEnvironmentAndFolderAndNothingElse() async throws {
    let folder = TemporaryFolder()
    let command = ChildCommand(executable: "/usr/bin/env", environment: ["A": "x y", "B": "$A"], folder: folder.path)
    let (_, standardOutput, _) = try await Child.start(command).end()
    #expect(standardOutput.sorted() == ["A=x y", "B=$A", "PWD=\(folder.path)"])
  }

  @Test func itsStandardInputIsEmptyAndItHasNoOtherDescriptors() async throws {
    let child = try await Child.start(script: "cat; cd /proc/self/fd; readlink 0; for f in *; do test -e $f && echo $f; done")
    let (_, standardOutput, _) = await child.end()
    // The shell has closed the folder by the time it looks at what stood in it.
    #expect(standardOutput == ["/dev/null", "0", "1", "2"])
  }

  @Test func itLeadsASessionAndAGroupOfItsOwn() async throws {
    let child = try await Child.start(script: "cut -d' ' -f5,6 /proc/$$/stat; sleep 1000")
    let identifier = child.process.processIdentifier
    #expect(await child.lines(1) == ["\(identifier) \(identifier)"])
    await child.process.terminate(grace: .seconds(60))
  }

  @Test func aProgramThatWaitsForItsChildrenSeesNoneThatItDidNotStart() async throws {
    let child = try await Child.start(script: "read -r all < /proc/$$/task/$$/children; echo \"<$all>\"; wait; exit 4")
    #expect(await child.end() == (.exited(4), ["<>"], []))
  }

  @Test func terminatingAsksTheWholeGroup() async throws {
    let child = try await Child.start(
      script: "(trap 'echo inner; exit' TERM; echo a; while :; do sleep 0.01; done) & trap 'wait; echo outer; exit 5' TERM; echo b; wait")
    #expect(await child.lines(2).sorted() == ["a", "b"])
    #expect(await child.process.terminate(grace: .seconds(60)) == .exited(5))
    #expect(await child.end().standardOutput.suffix(2) == ["inner", "outer"])
  }

  @Test func oneThatIgnoresTheRequestIsKilledWithItsGrandchildren() async throws {
    let child = try await Child.start(script: "trap '' TERM; sleep 1000 & echo $!; while :; do sleep 1000; done")
    let grandchild = try #require(await child.lines(1).first.flatMap { Int32($0) })
    #expect(await child.process.terminate(grace: .milliseconds(1)) == .signaled(SIGKILL))
    #expect(!isRunning(grandchild))
    #expect(!ProcessGroup(child.process.processIdentifier).isAlive)
  }

  @Test func oneThatIsStoppedCanBeTerminated() async throws {
    let child = try await Child.start(script: "echo ready; kill -STOP $$; sleep 1000")
    #expect(await child.lines(1) == ["ready"])
    #expect(await child.process.terminate(grace: .seconds(60)) == .signaled(SIGTERM))
  }

  @Test func whatItLeavesBehindGoesWithIt() async throws {
    let child = try await Child.start(script: "(trap '' TERM HUP; echo ready; sleep 1000; sleep 1000) & echo $!; exit 0")
    let grandchild = try #require(await child.lines(2).compactMap { Int32($0) }.first)
    #expect(await child.process.waitForEnd() == .exited(0))
    #expect(!isRunning(grandchild))
    #expect(!ProcessGroup(child.process.processIdentifier).isAlive)
  }

  @Test func aProcessThatLeftTheGroupDoesNotHoldUpTheEnd() async throws {
    let child = try await Child.start(
      script: "setsid sleep 1000 & echo $!; while test $(cut -d' ' -f6 /proc/$!/stat) != $!; do :; done; exit 6")
    let stray = try #require(await child.lines(1).first.flatMap { Int32($0) })
    #expect(await child.process.waitForEnd() == .exited(6))
    #expect(isRunning(stray), "it shall have held the pipes for this to say anything")
    kill(stray, SIGKILL)
  }

  @Test func oneThatKillsItsWatcherIsClearedAllTheSame() async throws {
    // All of the group but those two: the watcher is among them.
    let script = """
      for p in $(ps -o pid= -s $$); do test $p != $$ && tr '\\0' ' ' < /proc/$p/cmdline | grep -q 'kill -9 0' && kill -9 $p; done
      trap '' TERM; sleep 1000 & echo $!; exit 0
      """
    let child = try await Child.start(script: script)
    let (ending, standardOutput, _) = await child.end()
    #expect(ending == .exited(0))
    let grandchild = try #require(standardOutput.first.flatMap { Int32($0) })
    #expect(!isRunning(grandchild))
  }

  @Test func severalMayWaitForTheEnd() async throws {
    let child = try await Child.start(script: "echo ready; sleep 1000")
    _ = await child.lines(1)
    let endings = await withTaskGroup(of: ChildEnding.self) { group in
      for _ in 0..<4 { group.addTask { await child.process.waitForEnd() } }
      for _ in 0..<4 { group.addTask { await child.process.terminate(grace: .seconds(60)) } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(endings == [ChildEnding](repeating: .signaled(SIGTERM), count: 8))
    #expect(await child.process.terminate(grace: .zero) == .signaled(SIGTERM), "an ended one has ended")
  }

  @Test func oneThatNobodyHoldsIsKilled() async throws {
    let log = ProgramLog()
    func start() async throws -> Int32 {
      let command = ChildCommand(
        executable: "sh", arguments: ["-c", "trap '' TERM; echo ready; sleep 1000"], environment: Child.environment)
      return try await ChildProcess.start(command, on: MultiThreadedEventLoopGroup.singleton.any()) { log.append($1, from: $0) }
        .processIdentifier
    }
    let group = ProcessGroup(try await start())
    while group.isAlive { await Task.yield() }
    #expect(!group.isAlive)
  }

  @Test func muchOutputArrivesWholeAndInOrder() async throws {
    let all = Mutex(ByteBuffer())
    let command = ChildCommand(executable: "sh", arguments: ["-c", "yes 0123456 | head -c 8388608"], environment: Child.environment)
    let child = try await ChildProcess.start(command, on: MultiThreadedEventLoopGroup.singleton.any()) { _, bytes in
      all.withLock { _ = $0.writeImmutableBuffer(bytes) }
    }
    #expect(await child.waitForEnd() == .exited(0))
    // Not compared by the expectation itself, which would describe both where they differ.
    let isWhole = all.withLock { $0 == ByteBuffer(string: String(repeating: "0123456\n", count: 1 << 20)) }
    #expect(isWhole)
  }

  @Test func theMemoryOfTheWholeGroupIsCounted() async throws {
    let child = try await Child.start(
      script: "{ head -c 50000000 /dev/zero; echo ready >&2; sleep 1000; } | tail -c 60000000")
    #expect(await child.lines(1) == ["ready"])
    let memory = try #require(child.process.memory)
    #expect(memory.bytes > 45_000_000 && memory.bytes < 200_000_000)
    await child.process.terminate(grace: .seconds(60))
    #expect(child.process.memory == nil)
  }

  @Test func whatCannotBeRunSaysSo() async throws {
    let folder = TemporaryFolder()
    folder.write("script", "#!/nowhere/python\n")
    #expect(chmod(folder.path("script"), 0o755) == 0)
    let (ending, _, standardError) = try await Child.start(ChildCommand(executable: folder.path("script"))).end()
    #expect(ending == .exited(127))
    #expect(standardError.first?.contains(folder.path("script")) == true)
    await #expect(throws: ChildError(.executableNotFound, "There is no file /nowhere/python.")) {
      try await Child.start(ChildCommand(executable: "/nowhere/python"))
    }
  }

  @Test func aStartIsNotCutShortByCancellation() async throws {
    let child = try await Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await Child.start(script: "echo ready; exit 0")
    }.value
    #expect(await child.end() == (.exited(0), ["ready"], []))
  }

  @Test func tooManyArgumentsAreRefused() async throws {
    let error = await #expect(throws: ChildError.self) {
      try await Child.start(
        ChildCommand(executable: "true", arguments: [String(repeating: "x", count: 1 << 20)], environment: Child.environment))
    }
    #expect(error?.code == .malformedCommand)
  }

  /// Whether a process has not ended.
  private func isRunning(_ identifier: Int32) -> Bool {
    var isRunning = false
    ProcessStatus.forEach { if $0.identifier == identifier, !$0.isDead { isRunning = true } }
    return isRunning
  }
}
