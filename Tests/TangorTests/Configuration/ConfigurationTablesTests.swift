import TangorCore
import Testing

@testable import Tangor

@Suite struct ConfigurationTablesTests {
  @Test func readsTables() throws {
    let configuration = try read(
      """
      tables:
        trades: {source: data/trades.csv, index: id, watch: yes}
        log:
          source: /var/log.ndjson
          limit: 1000
          read_only: true
      perspective:
        path: /tables
        namespaces: true
        namespace_lease: 5s
      """)
    var trades = TableSource("data/trades.csv")
    (trades.index, trades.watch) = ("id", true)
    var log = TableSource("/var/log.ndjson")
    (log.limit, log.isReadOnly) = (1000, true)
    #expect(configuration.tables == ["trades": trades, "log": log])
    #expect(configuration.perspective.path == "/tables" && configuration.perspective.namespaces)
    #expect(configuration.perspective.namespaceLease == .seconds(5))
    #expect(configuration.withPaths(from: "/srv").tables["trades"]?.source == "/srv/data/trades.csv")
    #expect(try read(ConfigurationPrinter.text(of: configuration)).tables == configuration.tables)
  }

  @Test func saysWhatIsWrongWithATable() {
    for (table, word) in [
      ("{index: a}", "source"), ("{source: a.txt}", ".csv"), ("{source: a.csv, index: a, limit: 5}", "index"),
      ("{source: a.csv, limit: -1}", "limit"), ("{source: a.csv, colour: red}", "colour"), ("a.csv", "source"),
    ] {
      let found = findings("tables: {t: \(table)}")
      #expect(found.count == 1 && found[0].contains(word), "\(table): \(found)")
    }
  }
}
