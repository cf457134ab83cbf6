import TangorCore

/// Services by their paths. A pure value.
///
/// At each element a text is preferred to a parameter, and a parameter to the rest; where a choice leads to nothing, the next is tried.
struct ServiceTrie: Sendable {
  private struct Node: Sendable {
    var texts: [String: Int] = [:]
    var parameter: Int?
    var rest: Int?
    /// The services that end here, by method.
    var services: [String: Service] = [:]
  }

  /// What stands at a path.
  struct Match: Sendable {
    let services: [String: Service]
    let path: [String]
  }

  private var nodes = [Node()]

  /// Adds a service for its methods.
  ///
  /// - Throws: `invalid_request` when there is one at the same place for the same method.
  mutating func add(_ service: Service) throws {
    var node = 0
    for element in service.pattern.elements {
      let next: Int?
      switch element {
      case .text(let text): next = nodes[node].texts[text]
      case .parameter: next = nodes[node].parameter
      case .rest: next = nodes[node].rest
      }
      let child = next ?? nodes.count
      if next == nil { nodes.append(Node()) }
      switch element {
      case .text(let text): nodes[node].texts[text] = child
      case .parameter: nodes[node].parameter = child
      case .rest: nodes[node].rest = child
      }
      node = child
    }
    for method in service.methods {
      if let other = nodes[node].services[method] {
        let detail = "There is a service at '\(other.pattern)' for \(method) already; '\(service.pattern)' would hide it."
        throw TangorError(.invalidRequest, detail)
      }
    }
    for method in service.methods { nodes[node].services[method] = service }
  }

  /// The services at a path; nil where there are none.
  ///
  /// - Parameter path: The path's elements, decoded.
  func find(_ path: [String]) -> Match? {
    find(path[...], 0).map { Match(services: $0, path: path) }
  }

  private func find(_ path: ArraySlice<String>, _ index: Int) -> [String: Service]? {
    let node = nodes[index]
    guard let element = path.first else {
      if !node.services.isEmpty { return node.services }
      return node.rest.map { nodes[$0].services }
    }
    if let child = node.texts[element], let found = find(path.dropFirst(), child) { return found }
    if let child = node.parameter, !element.isEmpty, let found = find(path.dropFirst(), child) { return found }
    return node.rest.map { nodes[$0].services }
  }
}

extension ServicePattern {
  /// What a path has in the places of the pattern, by name, and behind `**`.
  func values(of path: [String]) -> (elements: [String: String], rest: [String]) {
    var values: [String: String] = [:]
    for (place, element) in elements.enumerated() {
      switch element {
      case .text: break
      case .parameter(let name): values[name] = path[place]
      case .rest: return (values, Array(path[min(place, path.count)...]))
      }
    }
    return (values, [])
  }
}
