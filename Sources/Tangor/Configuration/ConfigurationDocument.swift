import Yams

/// A YAML document, read into nodes with the places where they stand.
struct ConfigurationDocument {
  /// Reads a document.
  ///
  /// - Parameters:
  ///   - text: The YAML.
  ///   - place: Makes a place of a line and a column, both from 1.
  ///   - reading: Gets what is wrong.
  /// - Returns: The document; nil when it is broken, or has nothing in it.
  static func read(
    _ text: String, place: @escaping (_ line: Int, _ column: Int) -> ConfigurationPlace, _ reading: inout ConfigurationReading
  ) -> ConfigurationNode? {
    guard text.utf8.count <= YAMLBounds.bytes else {
      reading.note("the file is larger than \(YAMLBounds.bytes >> 20) MiB, which no configuration needs", at: place(1, 1))
      return nil
    }
    guard !YAMLBounds.isExplosive(text) else {
      reading.note("keys that are not plain words cannot stand beside more than \(YAMLBounds.aliases) aliases", at: place(1, 1))
      return nil
    }
    var repetitions = RepeatedKeys(text)
    while true {
      do {
        guard let node = try Parser(yaml: repetitions.text, resolver: .basic, encoding: .utf8).singleRoot() else { return nil }
        var conversion = NodeConversion(names: repetitions.names, place: place)
        return conversion.convert(node, depth: 0, &reading)
      } catch YamlError.duplicatedKeysInMapping(let names, let context) {
        let mark = (line: max(1, context.mark.line), column: max(1, context.mark.column))
        let name = names.first ?? ""
        guard repetitions.hide(name, line: mark.line, column: mark.column) else {
          reading.note("'\(name.oneLine)' is given twice in one mapping", at: place(mark.line, mark.column))
          return nil
        }
      } catch {
        note(error, in: text, place: place, &reading)
        return nil
      }
    }
  }

  private static func note(
    _ error: any Error, in text: String, place: (Int, Int) -> ConfigurationPlace, _ reading: inout ConfigurationReading
  ) {
    func note(_ problem: String, _ mark: Mark, _ context: YamlError.Context?) {
      let since = context.map { " (\($0.text) that begins on line \(max(1, $0.mark.line)))" } ?? ""
      let isTab =
        problem.contains("cannot start any token")
        && text.split(
          separator: "\n", omittingEmptySubsequences: false
        ).dropFirst(mark.line - 1).first?.contains("\t") == true
      let advice = isTab ? "; indent with spaces, YAML takes no tabs there" : ""
      reading.note("not valid YAML: \(problem)\(since)\(advice)", at: place(max(1, mark.line), max(1, mark.column)))
    }
    switch error {
    case YamlError.scanner(let context, let problem, let mark, _): note(problem, mark, context)
    case YamlError.parser(let context, let problem, let mark, _): note(problem, mark, context)
    case YamlError.composer(_, let problem, let mark, _): note(problem, mark, nil)
    case YamlError.reader(let problem, let offset, _, _):
      let before = text.prefix(offset ?? 0)
      let line = before.count { $0.isNewline } + 1
      let column = (before.lastIndex { $0.isNewline }.map { before[$0...].count } ?? before.count + 1)
      reading.note("not valid YAML: \(problem)", at: place(line, column))
    default: reading.note("not valid YAML", at: place(1, 1))
    }
  }
}

/// Keys that a mapping repeats, hidden one by one, so that the composer goes on and all findings come at once.
///
/// A hidden key keeps its length, so that the columns behind it stay right.
private struct RepeatedKeys {
  var text: String
  /// The true names of the hidden keys.
  var names: [String: String] = [:]

  init(_ text: String) { self.text = text }

  /// Hides the key at a place; false when it is not written there in the usual way.
  mutating func hide(_ name: String, line: Int, column: Int) -> Bool {
    guard names.count < YAMLBounds.repetitions, let stand = Unicode.Scalar(0xE001 + UInt32(names.count)) else { return false }
    let scalars = text.unicodeScalars
    var index = scalars.startIndex
    for _ in 1..<line {
      guard let end = scalars[index...].firstIndex(of: "\n") else { return false }
      index = scalars.index(after: end)
    }
    guard let start = scalars.index(index, offsetBy: column - 1, limitedBy: scalars.endIndex) else { return false }
    let forms = [name, "\"\(name)\"", "'\(name)'"]
    guard !name.isEmpty, let form = forms.first(where: { scalars[start...].starts(with: $0.unicodeScalars) }) else { return false }
    var key = String(stand)
    for _ in 1..<max(1, form.unicodeScalars.count) { key.unicodeScalars.append("\u{E000}") }
    let end = scalars.index(start, offsetBy: form.unicodeScalars.count)
    text.unicodeScalars.replaceSubrange(start..<end, with: key.unicodeScalars)
    names[key] = name
    return true
  }
}

/// Turns the composer's nodes into ours: aliases expanded, merge keys merged, all of it counted.
private struct NodeConversion {
  let names: [String: String]
  let place: (Int, Int) -> ConfigurationPlace
  private var count = 0
  private var isRefused = false

  init(names: [String: String], place: @escaping (Int, Int) -> ConfigurationPlace) {
    self.names = names
    self.place = place
  }

  mutating func convert(_ node: Node, depth: Int, _ reading: inout ConfigurationReading) -> ConfigurationNode? {
    let here = place(max(1, node.mark?.line ?? 1), max(1, node.mark?.column ?? 1))
    count += 1
    guard !isRefused else { return nil }
    guard count <= YAMLBounds.nodes, depth <= YAMLBounds.depth else {
      isRefused = true
      let what = depth > YAMLBounds.depth ? "is nested deeper than \(YAMLBounds.depth) levels" : "has more than \(YAMLBounds.nodes) values"
      reading.note("the document \(what), counting those that aliases repeat", at: here)
      return nil
    }
    switch node {
    case .scalar(let scalar):
      let isPlain = scalar.style == .plain || scalar.style == .any
      return ConfigurationNode(.scalar(scalar.string, isPlain ? .plain : .quoted), here)
    case .sequence(let sequence):
      return ConfigurationNode(.list(sequence.compactMap { convert($0, depth: depth + 1, &reading) }), here)
    case .mapping(let mapping):
      return ConfigurationNode(.map(entries(of: mapping, depth: depth, &reading)), here)
    case .alias:
      return nil
    }
  }

  private mutating func entries(
    of mapping: Node.Mapping, depth: Int, _ reading: inout ConfigurationReading
  ) -> [ConfigurationNode.Entry] {
    var entries: [ConfigurationNode.Entry] = []
    var merged: [ConfigurationNode] = []
    for (key, node) in mapping {
      let here = place(max(1, key.mark?.line ?? 1), max(1, key.mark?.column ?? 1))
      guard case .scalar(let scalar) = key else {
        reading.note("a key must be a word, not a list or a mapping", at: here)
        continue
      }
      guard let value = convert(node, depth: depth + 1, &reading) else { continue }
      if scalar.string == "<<", scalar.style == .plain {
        merged.append(value)
      } else {
        entries.append(.init(name: names[scalar.string] ?? scalar.string, place: here, value: value))
      }
    }
    // The mapping's own keys win over merged ones, and earlier merged mappings over later ones.
    var known = Set(entries.map(\.name.normalizedKey))
    for node in merged {
      let sources: [ConfigurationNode]
      if case .list(let nodes) = node.content { sources = nodes } else { sources = [node] }
      for source in sources {
        guard case .map(let inherited) = source.content else {
          reading.note("'<<' takes an alias to a mapping, or a list of them, not \(source.spoken)", at: source.place)
          continue
        }
        entries += inherited.filter { known.insert($0.name.normalizedKey).inserted }
      }
    }
    return entries
  }
}
