import Foundation
import TangorServing
import Testing

@testable import Tangor
@testable import TangorPrograms

@Suite struct ConfigurationProgramsTests {
  @Test func kindsAreRead() throws {
    let configuration = try read(
      """
      vtkpython: vtk/bin/python
      vtkweb: {folders: [scripts], environment: {A: "1"}, timeout: 5s}
      trusted_proxies: [127.0.0.1, 10.0.0.0/8]
      program_limits: {memory: 1 GiB, run_time: 1h, idle_time: null}
      programs:
        trame:
          command: [python3, "{script}", --port, "{port}"]
          folders: [apps]
          ready: "App running at:"
          websockets: [/ws]
          http: true
      """
    ).withPaths(from: "/srv")
    let programs = configuration.programs
    #expect(programs.vtkweb.vtkpython == "/srv/vtk/bin/python")
    #expect(programs.vtkweb.folders == ["/srv/scripts"])
    #expect(programs.vtkweb.environment == ["A": "1"])
    #expect(programs.limits.memory == .mebibytes(1_024))
    #expect(programs.limits.idleTime == nil)
    let kind = try #require(programs.kinds["trame"])
    #expect(kind.command == ["python3", "{script}", "--port", "{port}"])
    #expect(kind.folders == ["/srv/apps"])
    #expect(kind.relaysHTTP)
    #expect(try read(ConfigurationPrinter.text(of: configuration)).programs == programs)
    #expect(configuration.serving.trustedProxies.addresses == ["127.0.0.1", "10.0.0.0/8"])
  }

  @Test func aNameIsNoPath() throws {
    #expect(try read("vtkpython: python3").withPaths(from: "/srv").programs.vtkweb.vtkpython == "python3")
  }

  @Test(arguments: [
    ("programs: {a: {folders: [x]}}", "'programs.a' needs a key 'command'"),
    ("programs: {a: {command: []}}", "'programs.a' needs a key 'command'"),
    ("programs: {a: {command: [x, \"{script}\"]}}", "'programs.a' starts scripts, so it needs a key 'folders'"),
    ("programs: {a: {command: [x], websockets: []}}", "'programs.a' relays nothing"),
    ("programs: {a: {command: [x], speed: 1}}", "speed"), ("trusted_proxies: [nobody]", "addresses such as 127.0.0.1"),
    ("programs: {vtkweb: {command: [x]}}", "'programs.vtkweb' is the kind of the section"),
  ])
  func whatIsWrongIsSaid(text: String, words: String) {
    let found = findings(text)
    #expect(found.contains { $0.contains(words) }, "\(found)")
  }
}

extension ConfigurationProgramsTests {
  @Test func everyKeyOfAKindIsInTheGuide() throws {
    let guide = try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/programs.md"), encoding: .utf8)
    for key in ConfigurationType.programKindSchema.keys { #expect(guide.contains("| `\(key.name)` |"), "\(key.name)") }
    for name in ProgramPlaceholders.names { #expect(guide.contains("`{\(name)}`"), "\(name)") }
  }
}
