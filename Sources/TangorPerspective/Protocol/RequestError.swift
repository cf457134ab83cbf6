import TangorTables

/// Why a request could not be answered: a sentence for the client, and what kind of failure it is.
struct RequestError: Error, Hashable {
  let message: String
  let status: WireStatusCode

  init(_ message: String, _ status: WireStatusCode = .serverError) {
    self.message = message
    self.status = status
  }

  static let unknownView = RequestError("View not found", .viewNotFound)
  /// The words of the original's own map of tables, on which clients have come to rely.
  static let unknownTable = RequestError("Couldn't find key.")
  static let malformedData = RequestError("MakeTableReq malformed")

  /// - Parameter feature: What was asked for, as the subject of a sentence in the plural.
  static func unsupported(_ feature: String) -> RequestError {
    RequestError("\(feature) are not supported by this server; the features that it reports are those that it has.")
  }

  /// What a client is told of any error.
  init(_ error: any Error) {
    switch error {
    case let error as RequestError: self = error
    case let error as TableError where error.message == Self.unknownView.message: self = .unknownView
    case let error as TableError: self.init(error.message)
    default: self.init("\(error)")
    }
  }
}
