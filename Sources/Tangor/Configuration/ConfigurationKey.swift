/// The declaration of one key: everything that its reading, its printing and its documentation come from.
package struct ConfigurationKey<Root: Sendable>: Sendable {
  /// The name with its sections, as in `streams.lease`.
  package let name: String
  /// Further names that it is read by; those of older systems.
  package let aliases: [String]
  /// What it does, in one line.
  package let summary: String
  /// What is wanted, to go after "must be".
  package let wanted: String
  /// The type's name in a table.
  package let label: String
  /// How a variable's or a flag's text is parted.
  let shape: ConfigurationShape
  /// Reads a node into its property; notes what is wrong.
  let apply: @Sendable (ConfigurationNode, inout Root, inout ConfigurationReading) -> Void
  /// The property's value as it stands in a file; nil where the key is left out.
  let value: @Sendable (Root) -> ConfigurationNode.Content?

  /// - Parameters:
  ///   - name: The name with its sections, in snake case.
  ///   - aliases: Further names, with their sections.
  ///   - property: Where the value goes.
  ///   - type: How it is read and written.
  ///   - summary: What it does, in one line.
  init<Value: Sendable>(
    _ name: String, aliases: [String] = [], _ property: any WritableKeyPath<Root, Value> & Sendable,
    _ type: ConfigurationType<Value>, _ summary: String
  ) {
    self.name = name
    self.aliases = aliases
    self.summary = summary
    wanted = type.wanted
    label = type.label
    shape = type.shape
    apply = { node, root, reading in
      if let value = type.read(node, &reading) { root[keyPath: property] = value }
    }
    value = { type.write($0[keyPath: property]) }
  }

  /// The section it stands in, as in `websocket.compression`; empty for a key at the top.
  package var section: String { name.lastIndex(of: ".").map { String(name[..<$0]) } ?? "" }

  /// The name within its section.
  package var leaf: String { name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? name }

  /// The environment variable that sets it, as in `TANGOR_STREAMS_LEASE`.
  package var variable: String { "TANGOR_" + name.uppercased().replacing(".", with: "_") }
}
