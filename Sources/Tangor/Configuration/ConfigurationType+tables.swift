extension ConfigurationType<TableSource> {
  /// A table that comes from a file.
  static let tableSource: Self = {
    let record = ConfigurationType.record(
      ConfigurationSchema([
        Key("source", \.source, .path, "The file: \(TableFile.endings)."),
        Key("index", \.index, .optional(.name), "The column by whose values rows are known."),
        Key("limit", \.limit, .optional(.integer(in: 0...Int(UInt32.max))), "The most rows that are kept, the newest."),
        Key("watch", \.watch, .boolean, "Whether the table follows the file when it changes."),
        Key("read_only", \.isReadOnly, .boolean, "Whether clients can neither write to the table nor delete it."),
      ]),
      TableSource(""))
    return Self(
      wanted: record.wanted, label: record.label, shape: .map,
      read: { node, reading in
        guard let table = record.read(node, &reading) else { return nil }
        let problem: String? =
          if table.source.isEmpty {
            "needs a key 'source', the file that it is made from"
          } else if TableFile(path: table.source) == nil {
            "needs a file that ends in \(TableFile.endings), not '\(table.source)'"
          } else if table.index != nil, table.limit != nil {
            "has an index and a limit; a table can have one of them"
          } else {
            nil
          }
        if let problem {
          reading.note("'\(reading.key)' \(problem)", at: node.place)
          return nil
        }
        return table
      },
      write: record.write)
  }()

  private typealias Key = ConfigurationKey<TableSource>
}
