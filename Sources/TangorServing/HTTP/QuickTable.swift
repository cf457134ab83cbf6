/// Asks several quick responders in turn, below a base path.
package struct QuickTable: QuickResponder {
  private let basePath: String
  private let responders: [any QuickResponder]

  /// - Parameters:
  ///   - basePath: What stands before every path, as in `/app`; empty for none.
  ///   - responders: Whom to ask, in order; they see paths without the base path.
  package init(basePath: String, _ responders: [any QuickResponder]) {
    self.basePath = basePath
    self.responders = responders
  }

  package func answer(_ request: QuickRequest) -> QuickAnswer? {
    var request = request
    if !basePath.isEmpty {
      guard request.path.utf8.starts(with: basePath.utf8) else { return nil }
      request.path = request.path.dropFirst(basePath.count)
    }
    for responder in responders {
      if let answer = responder.answer(request) { return answer }
    }
    return nil
  }
}
