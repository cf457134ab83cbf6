import Testing

@testable import TangorPrograms

@Suite struct EmbeddedTests {
  @Test func theLauncherIsInTheBinary() {
    #expect(PythonFiles.all.map(\.path) == ["gallery/cone.py", "vtkweb.py"])
  }
}
