/// Where a setting was given.
public enum ConfigurationPlace: Sendable, Hashable {
  /// A file as a whole, by the path it was opened with.
  case file(String)
  /// A place in a file; line and column count from 1.
  case position(file: String, line: Int, column: Int)
  /// An environment variable, by name.
  case variable(String)
  /// A flag or argument of the command line, as it was written.
  case flag(String)
}

extension ConfigurationPlace: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let path): path
    case .position(let file, let line, let column): "\(file):\(line):\(column)"
    case .variable(let name): name
    case .flag(let text): text
    }
  }

  /// The place as it is referred to from another one.
  var reference: String {
    switch self {
    case .file(let path): "in \(path)"
    case .position(_, let line, _): "on line \(line)"
    case .variable(let name): "by the variable \(name)"
    case .flag(let text): "by \(text)"
    }
  }
}
