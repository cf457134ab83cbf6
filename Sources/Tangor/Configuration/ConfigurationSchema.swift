/// The keys of a structure, and the reader of mappings into it.
package struct ConfigurationSchema<Root: Sendable>: Sendable {
  /// The keys, in the order in which they are printed and documented.
  package let keys: [ConfigurationKey<Root>]
  /// The sections that the keys stand in, those of sections included.
  let sections: Set<String>
  private let indices: [String: Int]

  init(_ keys: [ConfigurationKey<Root>]) {
    self.keys = keys
    var sections: Set<String> = []
    var indices: [String: Int] = [:]
    for (index, key) in keys.enumerated() {
      for name in [key.name] + key.aliases {
        indices[name] = index
        // Sections of older names are sections too, as `logging_config` is.
        var section = name[...]
        while let end = section.lastIndex(of: ".") {
          section = section[..<end]
          sections.insert(String(section))
        }
      }
    }
    self.sections = sections
    self.indices = indices
  }

  /// The key of a name or alias; `-` and `_` are the same.
  package func key(named name: String) -> ConfigurationKey<Root>? { indices[name.normalizedKey].map { keys[$0] } }

  /// Reads a mapping.
  ///
  /// - Parameters:
  ///   - entries: The names and values of the mapping.
  ///   - section: The section that the mapping is; empty for the whole.
  ///   - root: The structure, which gets the values that are right.
  ///   - given: The place of each key that was given in this source, and of each section.
  ///   - reading: Gets what is wrong. Its key, when it has one, is what messages put before names.
  func read(
    _ entries: [ConfigurationNode.Entry], section: String = "", into root: inout Root,
    given: inout [String: ConfigurationPlace], _ reading: inout ConfigurationReading
  ) {
    for entry in entries {
      let name = section.isEmpty ? entry.name.normalizedKey : "\(section).\(entry.name.normalizedKey)"
      let spoken = section.isEmpty ? entry.name : "\(section).\(entry.name)"
      if sections.contains(name) {
        if case .map(let inner) = entry.value.content {
          if noteRepetition(of: name, spoken: spoken, at: entry.place, given: &given, &reading) { continue }
          read(inner, section: name, into: &root, given: &given, &reading)
          continue
        }
        if entry.value.isNull { continue }
      }
      if let index = indices[name] {
        apply(keys[index], entry.value, spoken: spoken, at: entry.place, into: &root, given: &given, &reading)
      } else if sections.contains(name) {
        let example = keys.first { $0.section == name }.map { ", such as '\($0.leaf)'," } ?? ""
        reading.note(
          "'\(reading.full(spoken))' is a section: its keys\(example) go below it, but it has \(entry.value.spoken)",
          at: entry.value.place)
      } else {
        reading.note("unknown key '\(reading.full(spoken).oneLine)'\(hint(for: name))", at: entry.place)
      }
    }
  }

  /// Reads the value of a key that was found, unless the source has given it before.
  func apply(
    _ key: ConfigurationKey<Root>, _ node: ConfigurationNode, spoken: String, at place: ConfigurationPlace, into root: inout Root,
    given: inout [String: ConfigurationPlace], _ reading: inout ConfigurationReading
  ) {
    if noteRepetition(of: key.name, spoken: spoken, at: place, given: &given, &reading) { return }
    let outer = reading.key
    reading.key = reading.full(spoken.normalizedKey == key.name ? key.name : spoken)
    key.apply(node, &root, &reading)
    reading.key = outer
  }

  private func noteRepetition(
    of name: String, spoken: String, at place: ConfigurationPlace, given: inout [String: ConfigurationPlace],
    _ reading: inout ConfigurationReading
  ) -> Bool {
    guard let first = given[name] else {
      given[name] = place
      return false
    }
    let other = spoken.normalizedKey == name ? "" : ", which is '\(reading.full(name))',"
    reading.note("'\(reading.full(spoken))'\(other) is given twice; it stands first \(first.reference)", at: place)
    return true
  }

  /// What to say behind an unknown name: the nearest known one, or where the known ones are listed.
  func hint(for name: String) -> String {
    if let nearest = nearest(to: name) { return "; did you mean '\(nearest)'?" }
    return "; 'tangor config print' shows the known ones"
  }

  /// The known key or section nearest to a name; nil when none is near.
  package func nearest(to name: String) -> String? {
    let name = name.normalizedKey.lowercased()
    var best: (distance: Int, name: String)?
    func consider(_ candidate: String, as known: String) {
      let limit = max(1, min(candidate.count, name.count) / 3)
      guard let distance = name.editDistance(to: candidate, limit: limit) else { return }
      if distance < best?.distance ?? .max { best = (distance, known) }
    }
    for key in keys {
      for candidate in [key.name] + key.aliases { consider(candidate, as: key.name) }
    }
    for section in sections.sorted() { consider(section, as: section) }
    if let best { return best.name }
    // Perhaps it is right but stands in the wrong section.
    let leaf = name.split(separator: ".").last.map(String.init) ?? name
    return keys.first { $0.leaf == leaf }?.name ?? keys.first { leaf.editDistance(to: $0.leaf, limit: 1) != nil && leaf.count > 3 }?.name
  }
}

extension ConfigurationReading {
  /// A name with what stands around the structure that it belongs to.
  fileprivate func full(_ name: String) -> String { key.isEmpty ? name : "\(key).\(name)" }
}

extension String {
  /// A key's name with `_` for each `-`.
  var normalizedKey: String { replacing("-", with: "_") }
}
