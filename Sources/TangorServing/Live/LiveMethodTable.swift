import TangorCore
package import TangorJSON

/// The methods of the live connection and of `POST /rpc`, by name.
public struct LiveMethodTable: Sendable {
  private var methods: [String: LiveMethod] = [:]

  /// A table without methods.
  public init() {}

  /// Adds a method.
  ///
  /// - Throws: `invalid_request` when there is one of that name already, or the name is one that JSON-RPC keeps for itself
  ///   (`rpc.…`, which only Tangor's own methods use).
  public mutating func add(_ method: LiveMethod) throws {
    guard !method.name.hasPrefix("rpc.") else {
      throw TangorError(.invalidRequest, "Method names that begin with 'rpc.' are kept for the protocol.")
    }
    try insert(method)
  }

  package mutating func add(contentsOf methods: [LiveMethod]) throws {
    for method in methods { try insert(method) }
  }

  private mutating func insert(_ method: LiveMethod) throws {
    guard methods.updateValue(method, forKey: method.name) == nil else {
      throw TangorError(.invalidRequest, "There is a method '\(method.name)' already.")
    }
  }

  subscript(_ name: String) -> LiveMethod? { methods[name] }

  /// The names of all methods, sorted.
  public var names: [String] { methods.keys.sorted() }

  /// What `rpc.discover` answers: an OpenRPC document.
  ///
  /// - Parameters:
  ///   - title: The application's name.
  ///   - version: The application's version.
  package func description(title: String, version: String) -> JSONFragment {
    var writer = JSONWriter(capacity: 4_096)
    writer.beginObject()
    writer.writeKey("openrpc")
    writer.write("1.3.2")
    writer.writeKey("info")
    writer.beginObject()
    writer.writeKey("title")
    writer.write(title)
    writer.writeKey("version")
    writer.write(version)
    writer.endObject()
    writer.writeKey("methods")
    writer.beginArray()
    for name in names { methods[name]?.describe(to: &writer) }
    writer.endArray()
    writer.endObject()
    return JSONFragment(unchecked: writer.bytes)
  }
}

extension LiveMethod {
  fileprivate func describe(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.writeKey("name")
    writer.write(name)
    writer.writeKey("summary")
    writer.write(summary)
    writer.writeKey("paramStructure")
    writer.write("by-name")
    writer.writeKey("params")
    writer.beginArray()
    for parameter in parameters {
      writer.beginObject()
      writer.writeKey("name")
      writer.write(parameter.name)
      writer.writeKey("summary")
      writer.write(parameter.summary)
      writer.writeKey("required")
      writer.write(parameter.isRequired)
      writer.writeKey("schema")
      writer.beginObject()
      if parameter.kind != .any {
        writer.writeKey("type")
        writer.write(parameter.kind.rawValue)
      }
      writer.endObject()
      writer.endObject()
    }
    writer.endArray()
    writer.writeKey("result")
    writer.beginObject()
    writer.writeKey("name")
    writer.write("result")
    writer.writeKey("summary")
    writer.write(result)
    writer.writeKey("schema")
    writer.beginObject()
    writer.endObject()
    writer.endObject()
    writer.endObject()
  }

  /// Checks arguments against the parameters.
  ///
  /// - Throws: `invalid_parameters`, naming a parameter that is missing or one that does not exist.
  package func check(_ arguments: JSONObject) throws -> LiveArguments {
    for parameter in parameters where parameter.isRequired && arguments[parameter.name] == nil {
      throw TangorError(.invalidParameters, "\(name) needs the parameter '\(parameter.name)': \(parameter.summary)")
    }
    for (key, _) in arguments where !parameters.contains(where: { $0.name == key }) {
      let known = parameters.isEmpty ? "it takes none" : "it takes " + parameters.map { "'\($0.name)'" }.joined(separator: ", ")
      throw TangorError(.invalidParameters, "\(name) has no parameter '\(key)'; \(known).")
    }
    return LiveArguments(arguments)
  }
}
