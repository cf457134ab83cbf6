import Foundation
import Testing

@testable import TangorCore

/// A row of the table of errors in `docs/wire.md`.
private struct DocumentedCode: Hashable {
  let name: String
  let status: Int
  let rpcCode: Int
}

@Suite struct ErrorCodeTests {
  @Test func namesAreUnique() {
    #expect(Set(ErrorCode.all.map(\.name)).count == ErrorCode.all.count)
  }

  @Test(arguments: ErrorCode.all)
  func aCodeIsFitToTravel(code: ErrorCode) {
    #expect(code.name.wholeMatch(of: /[a-z]+(_[a-z]+)*/) != nil)
    #expect(!code.title.isEmpty && !code.title.hasSuffix("."))
    #expect((400...599).contains(code.status))
    #expect((-32_768 ... -32_000).contains(code.rpcCode), "JSON-RPC keeps this range for errors of the protocol and the server")
  }

  /// Clients that know the JSON-RPC code alone must not mistake one failure for another.
  @Test func rpcCodesAreSharedByRefusalsAlone() {
    let groups = Dictionary(grouping: ErrorCode.all, by: \.rpcCode).values.filter { $0.count > 1 }
    #expect(groups.map { Set($0.map(\.name)) } == [["forbidden", "origin_refused"]])
  }

  @Test func theDocumentationHoldsEveryCodeAndNoOther() throws {
    let file = URL(filePath: #filePath).appending(path: "../../../docs/wire.md").standardized
    let text = try String(contentsOf: file, encoding: .utf8)
    let rows = text.matches(of: /(?m)^\| `([a-z_]+)` \| ([0-9]{3}) \| (-[0-9]+) \|/).map {
      DocumentedCode(name: String($0.1), status: Int($0.2) ?? 0, rpcCode: Int($0.3) ?? 0)
    }
    #expect(Set(rows).count == rows.count)
    let codes = ErrorCode.all.map { DocumentedCode(name: $0.name, status: $0.status, rpcCode: $0.rpcCode) }
    #expect(Set(codes).subtracting(rows) == [], "codes that docs/wire.md does not have, or has otherwise")
    #expect(Set(rows).subtracting(codes) == [], "rows of docs/wire.md that are no codes")
  }
}

@Suite struct TangorErrorTests {
  private struct Secret: Error { let password = "hunter2" }
  private struct Told: PublicError { let publicDescription = "the pump is off" }

  @Test func whatAClientMayRead() {
    #expect(TangorError(.notFound).publicText == "Not found")
    #expect(TangorError(.notFound, "no such room").publicText == "no such room")
    #expect(Told().publicText == "the pump is off")
    #expect(Secret().publicText == "Secret", "an error that says nothing for the public shows its type alone")
    #expect(CancellationError().publicText == "The work was cancelled.")
  }

  @Test func theUnderlyingErrorStaysInside() {
    let error = TangorError(.internalError, underlying: Secret())
    #expect(error.description == "internal_error: Internal error")
    #expect(error.underlying is Secret)
  }
}
