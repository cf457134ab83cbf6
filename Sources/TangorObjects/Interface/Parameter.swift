package import TangorJSON

/// A parameter of a method, as pages know it.
public struct Parameter: Sendable {
  package let name: String
  package let label: String?
  package let doc: String
  package let defaultSource: String?
  package let makeDefault: (@Sendable () -> any Encodable)?
  package var type = ""
  package var schema = JSONFragment.anySchema

  /// A parameter that every call gives.
  ///
  /// - Parameters:
  ///   - name: Its name, for arguments by name.
  ///   - label: The label that Swift callers write, where it is another; `_` for none. For the description.
  ///   - doc: What it says.
  public init(_ name: String, label: String? = nil, doc: String = "") {
    self.name = name
    self.label = label
    self.doc = doc
    defaultSource = nil
    makeDefault = nil
  }

  /// A parameter that calls may leave out.
  ///
  /// - Parameters:
  ///   - name: Its name, for arguments by name.
  ///   - label: The label that Swift callers write, where it is another; `_` for none. For the description.
  ///   - value: What it is when it is left out; evaluated for each such call. A value of another type than the parameter's, such as the
  ///     integer literal of a `Double`, is converted through its JSON.
  ///   - source: How the default is written in the source, for the description; its JSON by default.
  ///   - doc: What it says.
  public init(
    _ name: String, label: String? = nil, default value: @autoclosure @escaping @Sendable () -> some Encodable & SendableMetatype,
    source: String? = nil,
    doc: String = ""
  ) {
    self.name = name
    self.label = label
    self.doc = doc
    defaultSource = source
    makeDefault = { value() }
  }

  package var isRequired: Bool { makeDefault == nil }
}
