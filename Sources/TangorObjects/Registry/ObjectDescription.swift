import TangorCore
package import TangorJSON

extension ObjectRegistry {
  /// Describes what stands at a path, as far as a caller may know it.
  ///
  /// - Throws: `object_not_found`.
  package func describe(_ path: String, for caller: ObjectCaller) throws -> JSONFragment {
    let target = try target(path, for: caller)
    guard target.elements.isEmpty else { throw TangorError.objectNotFound(path) }
    let object = target.object
    var writer = JSONWriter(capacity: 1_024)
    writer.beginObject()
    writer.writeKey("path")
    writer.write(path)
    let description = ObjectDescription(object: object, caller: caller, publishes: publish != nil)
    if let member = target.member {
      description.write(member, target.node, depth: target.depth, to: &writer)
    } else {
      writer.writeKey("name")
      writer.write(object.name)
      writer.writeKey("kind")
      writer.write("object")
      writer.writeKey("type")
      writer.write(object.type)
      writer.write("doc", object.doc)
      description.writeMembers(of: object.root, depth: 0, to: &writer)
    }
    writer.endObject()
    return JSONFragment(unchecked: writer.bytes)
  }
}

/// Writes what a caller may know about members.
private struct ObjectDescription {
  let object: ExposedObject
  let caller: ObjectCaller
  let publishes: Bool

  func writeMembers(of node: BoundNode, depth: Int, to writer: inout JSONWriter) {
    writer.writeKey("members")
    writer.beginArray()
    for member in node.members where member.info.role.map(caller.roles.contains) ?? true {
      writer.beginObject()
      write(member, node.child(member, object.settings), depth: depth + 1, to: &writer)
      writer.endObject()
    }
    writer.endArray()
  }

  /// - Parameters:
  ///   - node: The members of a nested object.
  ///   - depth: How many parts the member's path has behind the object's name.
  func write(_ member: BoundMember, _ node: BoundNode?, depth: Int, to writer: inout JSONWriter) {
    let info = member.info
    writer.writeKey("name")
    writer.write(info.name)
    writer.writeKey("kind")
    writer.write(info.kind.rawValue)
    writer.writeKey("type")
    writer.write(info.type)
    writer.write("doc", info.innerDoc?() ?? info.doc)
    if object.settings.showsSource, let source = info.source { writer.write("source", source) }
    switch info.kind {
    case .property:
      writer.writeKey("schema")
      writer.write(info.schema)
      writer.write("settable", member.set != nil)
      writer.write("deletable", member.delete != nil)
      // Only the object's own members are published, and only those that all may use.
      if publishes, depth == 1, info.role == nil, member.tracked != nil { writer.write("channel", object.channelPrefix + info.name) }
    case .method:
      writer.writeKey("schema")
      writer.write(info.schema)
      write(info, to: &writer)
    case .object:
      // What lies deeper cannot be reached.
      if let node, depth < object.settings.maximumDepth { writeMembers(of: node, depth: depth, to: &writer) }
    }
  }

  private func write(_ method: MemberInfo, to writer: inout JSONWriter) {
    writer.writeKey("parameters")
    writer.beginArray()
    for parameter in method.parameters { parameter.describe(to: &writer) }
    writer.endArray()
    writer.write("async", method.isAsync)
    writer.write("throws", method.canThrow)
    writer.write("locking", method.isLocking ?? object.settings.isLocking)
    writer.write("synchronous", !method.isAsync && (method.isSynchronous ?? object.settings.isSynchronous))
    writer.write("stream", method.isStream)
    if let element = method.element {
      writer.writeKey("element")
      writer.beginObject()
      writer.write("type", element.type)
      writer.writeKey("schema")
      writer.write(element.schema)
      writer.endObject()
    }
  }
}

extension Parameter {
  fileprivate func describe(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.writeKey("name")
    writer.write(name)
    if let label { writer.write("label", label) }
    writer.writeKey("type")
    writer.write(type)
    writer.writeKey("schema")
    writer.write(schema)
    writer.write("required", isRequired)
    if let makeDefault, let text = defaultSource ?? (try? JSONFragment(encoding: makeDefault()))?.description {
      writer.write("default", text)
    }
    writer.write("doc", doc)
    writer.endObject()
  }
}

extension JSONWriter {
  fileprivate mutating func write(_ key: String, _ value: Bool) {
    writeKey(key)
    write(value)
  }

  /// Writes a text, unless it is empty.
  fileprivate mutating func write(_ key: String, _ text: String) {
    guard !text.isEmpty else { return }
    writeKey(key)
    write(text)
  }
}
