/// The name of a signal: any text of at least one byte, told apart from others byte by byte.
///
/// Those that begin with `$` are the server's own: clients may wait for them and never send them.
package struct SignalName: Sendable {
  /// The name as it travels.
  package let text: String

  /// Reads a name.
  ///
  /// - Parameters:
  ///   - text: The name.
  ///   - limit: The most bytes of UTF-8 that it may have.
  /// - Throws: `invalid_parameters`, saying what is wrong with it.
  package init(_ text: String, limit: Int) throws {
    let count = text.utf8.count
    guard count > 0 else { throw TangorError(.invalidParameters, "A signal's name has at least one byte.") }
    guard count <= limit else {
      throw TangorError(.invalidParameters, "A signal's name has at most \(limit) bytes; one of \(count) came.")
    }
    self.text = text
  }

  /// Whether clients may not send it.
  package var isServers: Bool { text.utf8.first == UInt8(ascii: "$") }
}

extension SignalName: Hashable {
  // `String` holds different spellings of one character to be equal; signals do not.
  package static func == (left: Self, right: Self) -> Bool { left.text == right.text && left.text.utf8.elementsEqual(right.text.utf8) }
  package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
