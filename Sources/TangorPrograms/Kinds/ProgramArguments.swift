import TangorCore

/// What a client asks a program to be started with.
struct ProgramArguments: Sendable, Hashable {
  /// The most bytes of all of them together.
  static let maximumSize = 32_768

  let values: [String]

  /// - Throws: `invalid_request` for what cannot be an argument, or too much of it.
  init(_ values: [String]) throws(TangorError) {
    guard values.reduce(0, { $0 + $1.utf8.count + 1 }) <= Self.maximumSize else {
      throw TangorError(.invalidRequest, "The arguments may have \(Self.maximumSize) bytes in all.")
    }
    guard !values.contains(where: { $0.utf8.contains(0) }) else {
      throw TangorError(.invalidRequest, "An argument cannot hold a null character.")
    }
    self.values = values
  }

  /// Reads arguments that stand in one text, parted by blanks.
  init(parsing text: some StringProtocol) throws(TangorError) {
    try self.init(text.split(whereSeparator: \.isWhitespace).map { String($0) })
  }

  /// Sees to it that none is an option which the server decides about.
  ///
  /// Abbreviations are refused too, because most readers of options understand them.
  ///
  /// - Throws: `invalid_request`.
  func check(refused: [String]) throws(TangorError) {
    for value in values {
      let name = value.prefix { $0 != "=" }
      let isRefused = refused.contains { option in
        if option.hasPrefix("--") { return name == option || (name.utf8.count > 2 && option.hasPrefix(name)) }
        // A short option may have its value right behind it.
        return value.hasPrefix(option) && !value.hasPrefix("--")
      }
      if isRefused { throw TangorError(.invalidRequest, "You may not specify \(name) in this interface: the server decides about it.") }
    }
  }
}
