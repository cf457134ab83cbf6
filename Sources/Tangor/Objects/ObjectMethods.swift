import TangorCore
import TangorJSON
import TangorObjects
import TangorServing

/// The methods `object.*` of the live connection. The contract stands in `docs/wire.md`.
struct ObjectMethods: Sendable {
  private let registry: ObjectRegistry

  /// - Parameter registry: The objects.
  init(_ registry: ObjectRegistry) { self.registry = registry }

  /// The methods.
  var methods: [LiveMethod] {
    [
      list, describe, operation(.get, "Gives a property's value, or an element of it.", nil, result: "The value."),
      operation(.set, "Sets a property or an element of it.", .required("value", .any, "The new value."), result: "null."),
      operation(
        .call, "Calls a method.", .optional("arguments", .any, "An array by position, or an object by name."),
        result: "The method's result; for a sequence an object with its stream's key."),
      operation(.delete, "Deletes an optional property or an entry of a dictionary.", nil, result: "null."),
    ]
  }

  private static let path = LiveParameter.required("path", .string, "The path, as in sample.inner.depth.")

  private var list: LiveMethod {
    .immediate("object.list", "Lists the objects.", result: "An array of names.") { [registry] _ in JSONFragment(registry.names) }
  }

  private var describe: LiveMethod {
    .immediate(
      "object.describe", "Describes an object or a member.", parameters: [Self.path],
      result: "What it is called, of which kind and type, and what its members are."
    ) { [registry] call in
      try registry.describe(call.arguments.string("path"), for: ObjectCaller(call.client))
    }
  }

  private func operation(_ operation: ObjectOperation, _ summary: String, _ value: LiveParameter?, result: String) -> LiveMethod {
    let name = "object.\(operation.rawValue)"
    let parameters = [Self.path] + (value.map { [$0] } ?? [])
    // The same method with a tree of its parameters, which says what is wrong with them.
    let strict = LiveMethod.immediate(name, summary, parameters: parameters, result: result) { _ in .null }
    return .direct(name, summary, parameters: parameters, result: result) { [registry] bytes, call, out in
      let given = try ObjectParameters(bytes, value: value?.name)
      guard given.isComplete, let path = given.path, given.text != nil || value?.isRequired != true else {
        let arguments = try strict.check(JSONReader.read(bytes) { try $0.read(JSONObject.self) })
        _ = try arguments.string("path")
        throw TangorError(.invalidParameters)
      }
      let text = given.text.map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
      return switch try registry.begin(operation, path, text, caller: ObjectCaller(call.client), into: &out) {
      case nil: nil
      case .task(let work): .task(work)
      case .deferred(let work): .deferred(work)
      }
    }
  }
}

/// The parameters of an operation, found in one pass.
private struct ObjectParameters {
  var path: String?
  /// Where the value or the arguments stand.
  var text: Range<Int>?
  /// Whether nothing else was given.
  var isComplete = true

  init(_ bytes: UnsafeRawBufferPointer, value: String?) throws {
    try JSONReader.read(bytes) { reader in
      try reader.readObject { reader, key throws(JSONError) in
        if key == "path", try reader.peekKind() == .string {
          path = try reader.readString()
        } else if let value, key == value {
          // Optional arguments may be null, as everywhere; a value to set may be null by itself.
          if value == "arguments", try reader.peekKind() == .null { return }
          text = try reader.readRawValue()
        } else {
          isComplete = false
        }
      }
    }
  }
}

extension DeferredCall: LiveDeferred {}

extension ObjectCaller {
  init(_ client: Client) { self.init(address: client.address, roles: client.roles) }
}
