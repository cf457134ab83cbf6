import TangorCore
import TangorJSON

/// Gives the arguments of a call, one parameter after the other, whether they came by position or by name.
struct ArgumentCursor {
  private let parameters: [Parameter]
  private var index = 0
  private var isAtEnd = false
  private var named: [JSONFragment?] = []
  private let isPositional: Bool

  /// Begins with the arguments.
  ///
  /// - Parameters:
  ///   - reader: Stands before an array (by position) or an object (by name).
  ///   - parameters: The method's parameters.
  /// - Throws: `invalid_parameters` when it is neither, or a name is unknown or comes twice.
  init(_ reader: inout JSONReader, _ parameters: [Parameter]) throws {
    self.parameters = parameters
    isPositional = try reader.peekKind() == .array
    switch try reader.peekKind() {
    case .array: try reader.beginArray()
    case .object:
      named = Array(repeating: nil, count: parameters.count)
      try reader.beginObject()
      while let key = try reader.nextKey() {
        let name = key.string
        guard let place = parameters.firstIndex(where: { $0.name == name }) else { throw Self.unknown(name, parameters) }
        guard named[place] == nil else { throw TangorError(.invalidParameters, "The argument '\(name)' is given twice.") }
        named[place] = try reader.readFragment()
      }
    case let kind:
      throw TangorError(.invalidParameters, "Arguments are an array, or an object with their names; \(kind.phrase) came.")
    }
  }

  /// The next parameter's argument.
  ///
  /// - Throws: `invalid_parameters`, naming the parameter, when it is missing or of the wrong kind.
  mutating func next<Value: Decodable & SendableMetatype>(_ values: ValueReader<Value>, _ reader: inout JSONReader) throws -> Value {
    defer { index += 1 }
    if isPositional {
      if !isAtEnd, try reader.nextElement() {
        do { return try values.read(&reader) } catch { throw wrong(error) }
      }
      isAtEnd = true
    } else if let fragment = named[index] {
      do { return try JSONReader.read(fragment.bytes) { try values.read(&$0) } } catch { throw wrong(error) }
    }
    return try fallback(values)
  }

  /// Sees that nothing is left.
  ///
  /// - Throws: `invalid_parameters` when there is.
  mutating func finish(_ reader: inout JSONReader) throws {
    guard isPositional, !isAtEnd, try reader.nextElement() else { return }
    let count = parameters.count
    throw TangorError(.invalidParameters, "There are too many arguments: it takes \(count == 0 ? "none" : "\(count) at the most").")
  }

  private func fallback<Value: Decodable & SendableMetatype>(_ values: ValueReader<Value>) throws -> Value {
    let parameter = parameters[index]
    guard let value = parameter.makeDefault?() else {
      throw TangorError(.invalidParameters, "The argument '\(parameter.name)' (\(parameter.type)) is missing.")
    }
    if let value = value as? Value { return value }
    let fragment = try JSONFragment(encoding: value)
    return try JSONReader.read(fragment.bytes) { try values.read(&$0) }
  }

  private func wrong(_ error: any Error) -> TangorError {
    let parameter = parameters[index]
    return TangorError(.invalidParameters, "The argument '\(parameter.name)' must be of type \(parameter.type): \(error.valueProblem)")
  }

  private static func unknown(_ name: String, _ parameters: [Parameter]) -> TangorError {
    let known = parameters.isEmpty ? "it takes none" : "it takes " + parameters.map { "'\($0.name)'" }.joined(separator: ", ")
    return TangorError(.invalidParameters, "There is no parameter '\(name.prefix(100))'; \(known).")
  }
}

extension Error {
  /// What is wrong with a value that a client sent, in a sentence.
  var valueProblem: String {
    switch self {
    case let error as JSONError: return error.detail + "."
    case let error as DecodingError:
      let (context, extra): (DecodingError.Context, String) =
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context): (context, "")
        case .keyNotFound(let key, let context): (context, " (\(key.stringValue))")
        @unknown default: (.init(codingPath: [], debugDescription: "it cannot be read"), "")
        }
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return (path.isEmpty ? "" : "at \(path.prefix(200)): ") + context.debugDescription + extra
    default: return publicText
    }
  }
}
