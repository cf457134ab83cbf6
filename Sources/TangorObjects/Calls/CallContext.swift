package import TangorCore

/// Who uses an object, as access rules and streams know it.
package struct ObjectCaller: Sendable, Hashable {
  /// The client's address.
  package var address: String
  /// What the application says that the client may do.
  package var roles: Set<String>

  package init(address: String, roles: Set<String> = []) {
    self.address = address
    self.roles = roles
  }
}

/// Where the sequences go that methods return.
package protocol ObjectStreams: Sendable {
  /// Opens a stream of a sequence's elements.
  ///
  /// - Returns: The stream's key.
  /// - Throws: `too_many_requests` at a limit, `shutting_down` when the server goes down.
  func open<S: Sequence>(_ sequence: sending S, for caller: ObjectCaller) throws -> Key where S.Element: Encodable & SendableMetatype
  /// Opens a stream of an asynchronous sequence's elements.
  ///
  /// - Returns: The stream's key.
  /// - Throws: `too_many_requests` at a limit, `shutting_down` when the server goes down.
  func open<S: AsyncSequence>(_ sequence: sending S, for caller: ObjectCaller) throws -> Key
  where S.Element: Encodable & SendableMetatype
}

/// What a call knows beside its arguments.
package struct CallContext: Sendable {
  package let caller: ObjectCaller
  package let streams: (any ObjectStreams)?

  package init(caller: ObjectCaller, streams: (any ObjectStreams)?) {
    self.caller = caller
    self.streams = streams
  }

  func openStreams() throws -> any ObjectStreams {
    guard let streams else { throw TangorError(.internalError, "This server has no streams for the sequences that methods return.") }
    return streams
  }
}
