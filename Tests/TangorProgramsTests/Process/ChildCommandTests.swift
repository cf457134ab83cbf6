import Glibc
import TangorTesting
import Testing

@testable import TangorPrograms

@Suite struct ChildCommandTests {
  private func failure(_ command: ChildCommand) -> ChildError? {
    do throws(ChildError) {
      _ = try command.check()
      return nil
    } catch {
      return error
    }
  }

  @Test func namesAreLookedUpOnTheEnvironmentsPath() throws {
    let folder = TemporaryFolder()
    folder.write("tools/program", "#!/bin/sh\n")
    let command = ChildCommand(executable: "program", environment: ["PATH": "relative::\(folder.path("none")):\(folder.path("tools"))"])
    #expect(failure(command)?.code == .executableNotRunnable)
    #expect(chmod(folder.path("tools/program"), 0o755) == 0)
    #expect(try command.check() == folder.path("tools/program"))
    #expect(failure(ChildCommand(executable: "program", environment: ["PATH": folder.path]))?.code == .executableNotFound)
    #expect(try ChildCommand(executable: "sh").check() == "/usr/bin/sh" || ChildCommand(executable: "sh").check() == "/bin/sh")
  }

  @Test func pathsAreTakenAsTheyAre() throws {
    let folder = TemporaryFolder()
    folder.write("program", "")
    folder.makeFolder("folder")
    #expect(try ChildCommand(executable: "/bin/sh").check() == "/bin/sh")
    #expect(failure(ChildCommand(executable: folder.path("none")))?.code == .executableNotFound)
    #expect(failure(ChildCommand(executable: folder.path("program")))?.code == .executableNotRunnable)
    #expect(failure(ChildCommand(executable: folder.path("folder")))?.code == .executableNotRunnable)
    #expect(failure(ChildCommand(executable: "bin/sh"))?.code == .malformedCommand)
    #expect(failure(ChildCommand(executable: ""))?.code == .malformedCommand)
  }

  @Test func foldersAreChecked() throws {
    let folder = TemporaryFolder()
    folder.write("file", "")
    #expect(failure(ChildCommand(executable: "sh", folder: folder.path)) == nil)
    #expect(failure(ChildCommand(executable: "sh", folder: folder.path("none")))?.code == .folderNotUsable)
    #expect(failure(ChildCommand(executable: "sh", folder: folder.path("file")))?.code == .folderNotUsable)
  }

  @Test func textWithNULIsRefusedAndNotCut() {
    #expect(failure(ChildCommand(executable: "s\0h"))?.code == .malformedCommand)
    #expect(failure(ChildCommand(executable: "sh", arguments: ["a\0b"]))?.code == .malformedCommand)
    #expect(failure(ChildCommand(executable: "sh", environment: ["A": "a\0b"]))?.code == .malformedCommand)
    #expect(failure(ChildCommand(executable: "sh", folder: "/\0"))?.code == .malformedCommand)
  }

  @Test func namesThatAShellDropsAreLeftOut() {
    let environment = ["A_1": "1", "_": "2", "1A": "3", "": "4", "A.B": "5", "A=": "6", "É": "7", "N\0": "8"]
    #expect(ChildCommand(executable: "sh", environment: environment).portableEnvironment == ["A_1": "1", "_": "2"])
  }
}
