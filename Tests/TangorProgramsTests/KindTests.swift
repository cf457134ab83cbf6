import Foundation
import TangorCore
import TangorTesting
import Testing

@testable import TangorPrograms

@Suite struct KindTests {
  @Test func placeholdersAreFilledIn() {
    let placeholders = ProgramPlaceholders(values: ["port": "4000", "script": "/a/{port}.py"])
    #expect(placeholders.fill("--port={port}") == "--port=4000")
    #expect(placeholders.fill("{script}") == "/a/{port}.py", "what is filled in is not looked at again")
    #expect(placeholders.fill("{port}{port}") == "40004000")
    #expect(placeholders.fill("{unknown} { {port") == "{unknown} { {port")
    #expect(placeholders.fill("{{port}}") == "{4000}")
    #expect(placeholders.fill("") == "")
  }

  @Test func argumentsStandWhereTheCommandWantsThem() {
    let placeholders = ProgramPlaceholders(values: ["port": "1"])
    #expect(placeholders.fill(["a", "{port}"], arguments: ["x", "{port}"]) == ["a", "1", "x", "{port}"])
    #expect(placeholders.fill(["a", "{arguments}", "b"], arguments: ["x", "y"]) == ["a", "x", "y", "b"])
    #expect(placeholders.fill(["a", "{arguments}"], arguments: []) == ["a"])
  }

  @Test(arguments: ["--port", "--port=1", "--por", "--po=7", "-p", "-p9000", "--host", "--authKey=x"])
  func optionsOfTheServerAreRefused(argument: String) throws {
    let arguments = try ProgramArguments(["--size", argument])
    #expect(throws: TangorError.self) { try arguments.check(refused: ["--port", "-p", "--host", "--authKey"]) }
  }

  @Test(arguments: ["--ports", "--portrait", "port", "--", "--hosting", "x-p", "-x", "5", "", "--resolution=3"])
  func otherOptionsPass(argument: String) throws {
    try ProgramArguments([argument]).check(refused: ["--port", "-p", "--host"])
  }

  @Test func argumentsAreBounded() throws {
    #expect(throws: TangorError.self) { try ProgramArguments([String(repeating: "x", count: ProgramArguments.maximumSize)]) }
    #expect(throws: TangorError.self) { try ProgramArguments(["a\0b"]) }
    #expect(try ProgramArguments(parsing: "  a\tb  c ").values == ["a", "b", "c"])
  }

  @Test func scriptsAreFoundInTheirFoldersAlone() throws {
    let folder = TemporaryFolder()
    folder.write("open/cone.py", "")
    folder.write("open/deep/down.py", "")
    folder.write("secret/hidden.py", "")
    folder.makeFolder("open/empty")
    try FileManager.default.createSymbolicLink(atPath: folder.path("open/out.py"), withDestinationPath: folder.path("secret/hidden.py"))
    try FileManager.default.createSymbolicLink(atPath: folder.path("open/in.py"), withDestinationPath: folder.path("open/cone.py"))
    let scripts = ScriptFolders(folders: [folder.path("absent"), folder.path("open")])
    #expect(try scripts.find("cone.py").file == folder.path("open/cone.py"))
    #expect(try scripts.find("deep//down.py").name == "deep/down.py")
    #expect(try scripts.find("in.py").name == "cone.py", "a link within the folder")
    let absolute = String(folder.path("open/deep/down.py").dropFirst())
    #expect(try scripts.find(absolute).name == "deep/down.py", "a path of the machine, as it comes behind a slash")
    #expect(try scripts.find("/" + absolute).name == "deep/down.py")
    for (path, code) in [
      ("no.py", ErrorCode.notFound), ("empty", .notFound), ("", .notFound), ("../secret/hidden.py", .forbidden),
      ("deep/../cone.py", .forbidden),
      ("out.py", .forbidden), (folder.path("secret/hidden.py"), .notFound), ("a\0", .notFound), ("/", .forbidden), (".", .forbidden),
    ] {
      #expect(code == #expect(throws: TangorError.self, "\(path)") { try scripts.find(path) }?.code, "\(path)")
    }
    #expect(throws: TangorError.self) { try ScriptFolders(folders: []).find("cone.py") }
  }

  @Test func vtkwebNeedsAnInterpreter() throws {
    var configuration = VTKWebConfiguration()
    #expect(configuration.kind == nil)
    configuration.vtkpython = "python3"
    configuration.environment = ["PYTHONUNBUFFERED": "", "X": "1"]
    let kind = try #require(configuration.kind)
    #expect(kind.takesScript)
    #expect(kind.command.first == "python3")
    #expect(kind.command[2].contains("def "), "the launcher's source")
    #expect(kind.environment["PYTHONUNBUFFERED"] == "", "what the configuration says counts")
    #expect(kind.ready.isEmpty, "the port tells")
    #expect(kind.environment["WSLINK_READY_MSG"] == "wslink: Starting factory\n")
  }

  @Test func pathsOfInterpretersStartFromTheServersFolder() throws {
    var configuration = VTKWebConfiguration()
    let folder = FileManager.default.currentDirectoryPath
    for (vtkpython, executable) in [
      ("venv/bin/python", "\(folder)/venv/bin/python"), ("./python3", "\(folder)/python3"), ("/opt/vtk/bin/python", "/opt/vtk/bin/python"),
      ("vtkpython", "vtkpython"),
    ] {
      configuration.vtkpython = vtkpython
      #expect(try #require(configuration.kind).command.first == executable)
    }
  }
}
