import TangorJSON

/// Reads the arguments of a method whose parameters have the types of a pack.
struct ParameterReaders<each Argument: Decodable & SendableMetatype>: Sendable {
  private let readers: (repeat ValueReader<each Argument>)
  /// The parameters with their types.
  let parameters: [Parameter]
  /// What is wrong with how they were declared.
  let problem: String?

  /// - Parameter declared: What the author says about the parameters; those that it does not tell of are called `arg0`, `arg1`, …
  init(_ declared: [Parameter]) {
    readers = (repeat ValueReader<each Argument>.make())
    var parameters: [Parameter] = []
    for type in repeat (each Argument).self {
      var parameter = parameters.count < declared.count ? declared[parameters.count] : Parameter("arg\(parameters.count)")
      parameter.type = typeName(type)
      parameter.schema = JSONFragment(schemaOf: type)
      parameters.append(parameter)
    }
    self.parameters = parameters
    if declared.count > parameters.count {
      problem = "tells of \(declared.count) parameters and takes \(parameters.count)"
    } else if Set(parameters.map(\.name)).count < parameters.count {
      problem = "has two parameters of one name"
    } else {
      problem = nil
    }
  }

  /// Takes the arguments.
  ///
  /// - Throws: `invalid_parameters`, naming the parameter that is missing, unknown or of the wrong kind.
  func read(_ reader: inout JSONReader) throws -> (repeat each Argument) {
    var cursor = try ArgumentCursor(&reader, parameters)
    let arguments = try (repeat cursor.next(each readers, &reader))
    try cursor.finish(&reader)
    return arguments
  }

  /// Takes the arguments out of a text of their own.
  ///
  /// - Throws: `invalid_parameters`, naming the parameter that is missing, unknown or of the wrong kind.
  func read(_ fragment: JSONFragment) throws -> (repeat each Argument) {
    try JSONReader.read(fragment.bytes) { try read(&$0) }
  }
}
