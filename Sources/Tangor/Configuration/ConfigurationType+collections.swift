extension ConfigurationType {
  /// A list of values of one type.
  static func list<Element: Sendable>(_ element: ConfigurationType<Element>) -> Self where Value == [Element] {
    let wanted = "a list of values, each \(element.wanted)"
    return Self(
      wanted: wanted, label: "list: \(element.label)", shape: .list,
      read: { node, reading in
        if node.isNull { return [] }
        guard case .list(let nodes) = node.content else {
          reading.refuse(node, wanted: wanted)
          return nil
        }
        let key = reading.key
        defer { reading.key = key }
        // Every element is read, also behind a wrong one, so that all findings come at once.
        let values = nodes.enumerated().map { index, node in
          reading.key = "\(key)[\(index)]"
          return element.read(node, &reading)
        }
        let good = values.compactMap(\.self)
        return good.count == values.count ? good : nil
      },
      write: { values in
        let place = ConfigurationPlace.file("")
        return .list(values.compactMap(element.write).map { ConfigurationNode($0, place) })
      })
  }

  /// Values of one type by name; names are taken as they are written.
  static func map<Element: Sendable>(_ element: ConfigurationType<Element>) -> Self where Value == [String: Element] {
    let wanted = "a mapping of names to values, each \(element.wanted)"
    return Self(
      wanted: wanted, label: "mapping: \(element.label)", shape: .map,
      read: { node, reading in
        if node.isNull { return [:] }
        guard case .map(let entries) = node.content else {
          reading.refuse(node, wanted: wanted)
          return nil
        }
        let key = reading.key
        defer { reading.key = key }
        var values: [String: Element] = [:]
        var places: [String: ConfigurationPlace] = [:]
        var isGood = true
        for entry in entries {
          reading.key = "\(key).\(entry.name)"
          if let first = places.updateValue(entry.place, forKey: entry.name) {
            reading.note("'\(reading.key)' is given twice; it stands first \(first.reference)", at: entry.place)
            isGood = false
          }
          if let value = element.read(entry.value, &reading) { values[entry.name] = value } else { isGood = false }
        }
        return isGood ? values : nil
      },
      write: { values in
        let place = ConfigurationPlace.file("")
        return .map(
          values.sorted { $0.key < $1.key }.compactMap { name, value in
            element.write(value).map { .init(name: name, place: place, value: ConfigurationNode($0, place)) }
          })
      })
  }

  /// A structure with keys of its own, as the elements of `tables:` or `programs:` are.
  ///
  /// - Parameters:
  ///   - schema: The structure's keys.
  ///   - initial: The structure with its defaults.
  static func record(_ schema: ConfigurationSchema<Value>, _ initial: Value) -> Self {
    let wanted = "a mapping with keys of \(schema.keys.map { "'\($0.name)'" }.joined(separator: ", "))"
    return Self(
      wanted: wanted, label: "mapping", shape: .map,
      read: { node, reading in
        guard case .map(let entries) = node.content else {
          reading.refuse(node, wanted: wanted)
          return nil
        }
        let count = reading.findings.count
        var value = initial
        var given: [String: ConfigurationPlace] = [:]
        schema.read(entries, into: &value, given: &given, &reading)
        return reading.findings.count == count ? value : nil
      },
      write: { value in
        let place = ConfigurationPlace.file("")
        return .map(
          schema.keys.compactMap { key in
            key.value(value).map { .init(name: key.name, place: place, value: ConfigurationNode($0, place)) }
          })
      })
  }
}

extension ConfigurationType<[String: String]> {
  /// Folders by the path they are served at. One folder, or a list of folders, is served at `/` and the folder's own name.
  static let folders: Self = {
    let wanted = "a mapping of URL paths to folders, a list of folders, or a folder"
    return Self(
      wanted: wanted, label: "mapping: URL path to folder", shape: .map,
      read: { node, reading in
        if node.isNull { return [:] }
        let entries: [ConfigurationNode.Entry]
        switch node.content {
        case .map(let given): entries = given
        case .list(let nodes): entries = nodes.map { .init(name: "", place: $0.place, value: $0) }
        case .scalar: entries = [.init(name: "", place: node.place, value: node)]
        }
        var folders: [String: String] = [:]
        var isGood = true
        for entry in entries {
          guard let folder = ConfigurationType<String>.path.read(entry.value, &reading) else {
            isGood = false
            continue
          }
          let name = entry.name.isEmpty ? folder.split(separator: "/").last.map(String.init) ?? "" : entry.name
          if let path = name.asURLPath, !path.isEmpty {
            if folders.updateValue(folder, forKey: path) == nil { continue }
            reading.note("'\(reading.key)' has two folders at '\(path)'", at: entry.place)
          } else if entry.name == "/" {
            reading.note("'\(reading.key)' has a folder at '/'; what is served there is the key 'root'", at: entry.place)
          } else {
            reading.note("'\(reading.key)' needs URL paths such as '/data', not '\(name.oneLine)'", at: entry.place)
          }
          isGood = false
        }
        return isGood ? folders : nil
      },
      write: ConfigurationType<[String: String]>.map(.path).write)
  }()
}
