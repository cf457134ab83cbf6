import TangorCore
import TangorJSON

/// What a client may ask of a path.
package enum ObjectOperation: String, Sendable {
  case get, set, call, delete
}

extension ObjectTarget {
  private static let noArguments = Array("[]".utf8)

  /// Refuses what can never be done here.
  ///
  /// - Throws: `not_settable`, `not_callable`, `not_deletable` or, for `get` on something that is no value, `invalid_request`.
  func check(_ operation: ObjectOperation, _ path: String) throws {
    let shown = path.shownPath
    let isProperty = member?.get != nil
    switch operation {
    case .get:
      if !isProperty {
        let hint = member?.call == nil ? "is an object; object.describe tells its members" : "is a method; object.call calls it"
        throw TangorError(.invalidRequest, "'\(shown)' \(hint).")
      }
    case .set:
      if member?.set == nil {
        throw TangorError(.notSettable, "'\(shown)' \(isProperty ? "is read-only" : "is no property, so it cannot be set").")
      }
    case .call:
      // Values have no methods.
      guard elements.isEmpty else { throw TangorError.objectNotFound(path) }
      if member?.call == nil {
        throw TangorError(.notCallable, "'\(shown)' is \(isProperty ? "a property" : "an object"), so it cannot be called.")
      }
    case .delete:
      if elements.isEmpty ? member?.delete == nil : member?.set == nil {
        throw TangorError(
          .notDeletable, "'\(shown)' cannot be deleted: it is neither optional nor an entry of a dictionary that can be set.")
      }
    }
  }

  /// Does a synchronous operation, where the object may be touched.
  ///
  /// - Parameters:
  ///   - operation: Checked with ``check(_:_:)`` before.
  ///   - text: The value to set, or the arguments: valid JSON.
  ///   - path: For messages.
  ///   - out: Gets the result; holds a part of it after an error.
  func perform(
    _ operation: ObjectOperation, _ text: UnsafeRawBufferPointer?, _ path: String, _ context: CallContext, _ out: inout JSONWriter
  ) throws {
    guard let member else { return }
    do {
      switch operation {
      case .call:
        guard case .synchronous(let body) = member.call else { return }
        if let text {
          try JSONReader.read(text) { try body(&$0, context, &out) }
        } else {
          try Self.noArguments.withUnsafeBytes { try JSONReader.read($0) { try body(&$0, context, &out) } }
        }
      case .get:
        if elements.isEmpty { try member.get?(&out) } else { out.write(try element(of: value(of: member), path)) }
      case .set:
        guard let text else { return }
        if elements.isEmpty {
          try set(text, member)
        } else {
          try change(member, to: JSONReader.read(text) { try $0.readValue() }, path)
        }
        out.writeNull()
      case .delete:
        if elements.isEmpty { try member.delete?() } else { try change(member, to: nil, path) }
        out.writeNull()
      }
    } catch {
      throw TangorError(calling: path, error)
    }
  }

  private func set(_ text: UnsafeRawBufferPointer, _ member: BoundMember) throws {
    // Checked first where the value does not say itself what is wrong with it: a setter's own errors are another matter.
    do {
      try JSONReader.read(text) { try member.set?(&$0) }
    } catch let error where error is JSONError || error is DecodingError {
      throw TangorError(.invalidParameters, "The value must be of type \(member.info.type): \(error.valueProblem)")
    }
  }

  private func value(of member: BoundMember) throws -> JSONValue {
    var writer = JSONWriter()
    try member.get?(&writer)
    return try JSONValue(parsing: writer.bytes)
  }

  private func element(of value: JSONValue, _ path: String) throws -> JSONValue {
    guard let element = value.element(at: elements[...]) else { throw TangorError.objectNotFound(path) }
    return element
  }

  /// Sets or removes an element: the whole value is read, changed and set.
  private func change(_ member: BoundMember, to element: JSONValue?, _ path: String) throws {
    var value = try value(of: member)
    if element == nil { _ = try self.element(of: value, path) }
    if element == nil, case .array? = value.element(at: elements.dropLast()) {
      throw TangorError(.notDeletable, "'\(path.shownPath)' is an element of an array, which cannot be deleted; set the array.")
    }
    guard value.change(at: elements[...], to: element) else { throw TangorError.objectNotFound(path) }
    let text = JSONFragment(value).bytes
    var normal = JSONWriter()
    do {
      try JSONReader.read(text) { try member.normalize?(&$0, &normal) }
    } catch {
      if element == nil { throw TangorError(.notDeletable, "'\(path.shownPath)' cannot be deleted: its value needs it.") }
      throw TangorError(.invalidParameters, "The value does not fit '\(path.shownPath)': \(error.valueProblem)")
    }
    // A structure drops keys that it does not know: such an element does not exist, and setting it must not look like success.
    if element != nil { _ = try self.element(of: JSONValue(parsing: normal.bytes), path) }
    try normal.bytes.withUnsafeBytes { try set($0, member) }
  }
}

extension String {
  /// A path, cut for messages.
  var shownPath: String {
    guard utf8.count > 200 else { return self }
    return String(decoding: utf8.prefix(200), as: UTF8.self) + "…"
  }
}

extension TangorError {
  /// Nothing at a path for this client: the same for what is missing, hidden, too deep or another's.
  static func objectNotFound(_ path: String) -> TangorError { TangorError(.objectNotFound, "There is no '\(path.shownPath)'.") }

  /// What a client may know about an error of a member's code.
  init(calling path: String, _ error: any Error) {
    switch error {
    case let error as TangorError: self = error
    case is MissingObject: self = .objectNotFound(path)
    case is CancellationError: self.init(.canceled, "The call was cancelled.")
    default: self.init(.callFailed, error.publicText, underlying: error)
    }
  }
}
