package import TangorJSON

/// The TypeScript declaration of an exposed object, written from its description.
///
/// ```ts
/// import type { Sample } from "./sample";
/// const sample = await tangor.object<Sample>("sample");
/// ```
package struct TypeScriptDeclaration {
  /// The text of the declaration file.
  package let text: String

  /// A description that is none, in words for a person.
  package struct Malformed: Error, CustomStringConvertible {
    package let description: String
  }

  /// - Parameters:
  ///   - description: What `object.describe` answered.
  ///   - module: From where the declarations of the client are imported.
  /// - Throws: ``Malformed``
  package init(describing description: JSONValue, importing module: String = "./tangor/tangor.js") throws {
    guard let object = description.object, let name = object["name"]?.string, object["members"]?.array != nil else {
      throw Malformed(description: "The answer is no description of an object: it has no name or no members.")
    }
    var writer = Writer()
    _ = writer.declare(object, preferring: name)
    let names = ["TangorMethod", "TangorObject", "TangorProperty", "TangorStreamMethod"].filter { writer.used.contains($0) }
    let head = [
      "// Written by `tangor types \(name.filter { !$0.isNewline })`; write it anew when the object changes.",
      "import type { \(names.joined(separator: ", ")) } from \(TypeScriptText.quoted(module));",
    ]
    self.text = (head + writer.interfaces.map { "\n" + $0 }).joined(separator: "\n") + "\n"
  }
}

extension TypeScriptDeclaration {
  /// Collects the interfaces of an object and of those within it.
  private struct Writer {
    var interfaces: [String] = []
    var used: Set<String> = ["TangorObject"]
    private var names: Set<String> = ["TangorMethod", "TangorObject", "TangorProperty", "TangorStreamMethod", "Record", "Promise"]

    /// Writes the interface of an object, its members' interfaces behind it.
    ///
    /// - Returns: The interface's name.
    mutating func declare(_ object: JSONObject, preferring wanted: String) -> String {
      let name = fresh(TypeScriptText.type(wanted))
      let place = interfaces.count
      interfaces.append("")
      var lines = TypeScriptText.comment(object["doc"]?.string.map { [$0] } ?? [], indent: "")
      lines.append("export interface \(name) extends TangorObject {")
      for member in (object["members"]?.array ?? []).compactMap(\.object) {
        lines += declaration(of: member, in: name)
      }
      lines.append("}")
      interfaces[place] = lines.joined(separator: "\n")
      return name
    }

    private mutating func fresh(_ wanted: String) -> String {
      var name = wanted
      var count = 2
      while !names.insert(name).inserted {
        name = "\(wanted)\(count)"
        count += 1
      }
      return name
    }

    private mutating func declaration(of member: JSONObject, in owner: String) -> [String] {
      guard let name = member["name"]?.string else { return [] }
      let written = TypeScriptText.name(name)
      switch member["kind"]?.string {
      case "object":
        let type = declare(member, preferring: "\(owner) \(name)")
        return TypeScriptText.comment(documentation(of: member), indent: "  ") + ["  readonly \(written): \(type) & PromiseLike<\(type)>;"]
      case "method":
        return TypeScriptText.comment(documentation(of: member), indent: "  ") + ["  readonly \(written): \(method(member));"]
      default:
        used.insert("TangorProperty")
        let type = TypeScriptType(schema: member["schema"]).text
        let comment = TypeScriptText.comment(documentation(of: member), indent: "  ")
        guard member["settable"]?.bool == true else { return comment + ["  readonly \(written): TangorProperty<\(type)>;"] }
        return comment + ["  get \(written)(): TangorProperty<\(type)>;", "  set \(written)(value: TangorProperty<\(type)> | \(type));"]
      }
    }

    private mutating func method(_ member: JSONObject) -> String {
      let parameters = (member["parameters"]?.array ?? []).compactMap(\.object)
      // TypeScript wants what may be left out behind everything else; where it is not so, the arguments before cannot be left out.
      let lastRequired = parameters.lastIndex { $0["required"]?.bool != false } ?? -1
      let list = parameters.enumerated().map { index, parameter in
        let type = TypeScriptType(schema: parameter["schema"]).text
        let name = TypeScriptText.parameter(parameter["name"]?.string ?? "argument\(index + 1)")
        let isRequired = parameter["required"]?.bool != false
        if index > lastRequired { return "\(name)?: \(type)" }
        return "\(name): \(type)\(isRequired ? "" : " | undefined")"
      }
      let named = parameters.compactMap { parameter -> String? in
        guard let name = parameter["name"]?.string else { return nil }
        let mark = parameter["required"]?.bool == false ? "?" : ""
        return "\(TypeScriptText.name(name))\(mark): \(TypeScriptType(schema: parameter["schema"]).text)"
      }
      let names = named.isEmpty ? "Record<string, never>" : "{ " + named.joined(separator: "; ") + " }"
      let isStream = member["stream"]?.bool == true
      let kind = isStream ? "TangorStreamMethod" : "TangorMethod"
      used.insert(kind)
      let result = TypeScriptType(schema: isStream ? member["element"]?.object?["schema"] : member["schema"]).text
      return "\(kind)<[\(list.joined(separator: ", "))], \(names), \(result)>"
    }

    private func documentation(of member: JSONObject) -> [String] {
      var lines = member["doc"]?.string.map { [$0] } ?? []
      for parameter in (member["parameters"]?.array ?? []).compactMap(\.object) {
        let notes = [parameter["doc"]?.string, parameter["default"]?.string.map { "Default: `\($0)`." }].compactMap { $0 }
        guard let name = parameter["name"]?.string, !notes.isEmpty else { continue }
        lines.append("@param \(TypeScriptText.parameter(name)) \(notes.joined(separator: " "))")
      }
      if let channel = member["channel"]?.string { lines.append("Its changes go to the channel \(TypeScriptText.quoted(channel)).") }
      if member["deletable"]?.bool == true { lines.append("It can be deleted: `tangor.delete(path)`.") }
      return lines
    }
  }
}
