@testable import TangorMacroSources
import Testing
@Test func x() { }
