/// What is wrong with data, a query or a request to a table, in a sentence for who made it.
public struct TableError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The sentence. Where Perspective's clients and their tests compare texts, it is that text.
  public let message: String

  public init(_ message: String) { self.message = message }

  public var description: String { message }
}
