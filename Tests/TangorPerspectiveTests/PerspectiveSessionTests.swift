import Foundation
import SwiftProtobuf
import TangorTables
import TangorTesting
import Testing

@testable import TangorPerspective

@Suite struct PerspectiveSessionTests {
  let server = PerspectiveServer()

  @Test func answersAreTheBytesThatClientsKnow() async throws {
    let client = TestClient(server)
    // MakeTableReq{from_schema: [{x, INTEGER}]}, named "t", number 300.
    let make: [UInt8] = [0x08, 0xAC, 0x02, 0x12, 1, 0x74, 0xDA, 0x01, 0x0B, 0x0A, 0x09, 0x0A, 0x07, 0x0A, 0x05, 0x0A, 1, 0x78, 0x10, 3]
    await client.session.receive(Vector(make))
    #expect(client.session.outbox.takeAll() == [[0x08, 0xAC, 0x02, 0x12, 1, 0x74, 0xDA, 0x01, 0x00]])
    // TableSizeReq, whose answer has nothing in it but that it is one.
    await client.session.receive(Vector([0x08, 1, 0x12, 1, 0x74, 0x42, 0x00]))
    #expect(client.session.outbox.takeAll() == [[0x08, 1, 0x12, 1, 0x74, 0x42, 0x00]])
    // TableUpdateReq{from_rows}.
    let rows = Array(#"[{"x":1},{"x":2}]"#.utf8)
    let length = UInt8(rows.count)
    await client.session.receive(Vector([0x08, 2, 0x12, 1, 0x74, 0x8A, 0x02, length + 4, 0x0A, length + 2, 0x22, length] + rows))
    #expect(client.session.outbox.takeAll() == [[0x08, 2, 0x12, 1, 0x74, 0x8A, 0x02, 0x00]])
    await client.session.receive(Vector([0x08, 3, 0x12, 1, 0x74, 0x42, 0x00]))
    #expect(client.session.outbox.takeAll() == [[0x08, 3, 0x12, 1, 0x74, 0x42, 0x02, 0x10, 2]])
  }

  @Test func whatIsNoRequestIsAnsweredAndTheSessionLivesOn() async throws {
    let client = TestClient(server)
    for bytes: [UInt8] in [[0xFF], [0x08], [0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0x0A, 0x00], Array(repeating: 0x0B, count: 40_000)] {
      await client.session.receive(Vector(bytes))
      let answers = try client.received()
      #expect(answers.count == 1)
      #expect(answers.first?.serverError.message.isEmpty == false)
    }
    await client.session.receive(Vector([0x08, 9, 0x12, 1, 0x74]))
    let unhandled = try client.received()
    #expect(unhandled.map(\.serverError.message) == ["Unhandled request type 2"])
    #expect(unhandled.map(\.msgID) == [9] && unhandled.map(\.entityID) == ["t"])
    _ = try await client.makeTable("t", rows: #"[{"a":1}]"#)
    #expect(server.tables.map(\.name) == ["t"])
  }

  @Test func randomBytesNeverEndIt() async throws {
    let client = TestClient(server)
    _ = try await client.makeTable("t", rows: #"[{"a":1}]"#)
    var random = SeededGenerator(seed: 5)
    var seeds: [[UInt8]] = []
    for body: WireRequest.OneOf_ClientReq in [
      .tableUpdateReq(.with { $0.data = .rows(#"[{"a":2}]"#) }), .viewToArrowReq(.init()),
      .tableMakeViewReq(.with { $0.config.groupBy = ["a"] }),
      .tableMakeViewReq(
        .with { request in
          request.config.filter = [
            .with {
              $0.column = "a"
              $0.op = ">"
            }
          ]
        }),
    ] {
      seeds.append(
        try WireRequest.with {
          $0.msgID = 1
          $0.entityID = "t"
          $0.clientReq = body
        }.serializedBytes())
    }
    // `TANGOR_FUZZ_SECONDS` lets it run for so long.
    let seconds = getenv("TANGOR_FUZZ_SECONDS").flatMap { Int(String(cString: $0)) }
    let end = seconds.map { ContinuousClock.now + .seconds($0) }
    if end != nil { random = SeededGenerator(seed: UInt64.random(in: 0 ... .max)) }
    var round = 0
    while end.map({ ContinuousClock.now < $0 }) ?? (round < 4000) {
      var bytes = seeds[round % seeds.count]
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if round % 3 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
      await client.session.receive(Vector(bytes))
      _ = client.session.outbox.takeAll()
      round += 1
    }
    _ = try await client.makeTable("after", rows: #"[{"a":1}]"#)
    #expect(server.tables.contains { $0.name == "after" })
  }

  @Test func aLargeDataSetIsReadWhereItLies() async throws {
    let client = TestClient(server)
    let rows = "[" + (0..<20_000).map { #"{"k":\#($0),"s":"text \#($0 % 7)"}"# }.joined(separator: ",") + "]"
    var request = WireRequest()
    request.msgID = 1
    request.entityID = "large"
    request.clientReq = .makeTableReq(
      .with {
        $0.data = .rows(rows)
        $0.options.makeIndexTable = "k"
      })
    let bytes: [UInt8] = try request.serializedBytes()
    let incoming = try IncomingRequest(Vector(bytes))
    #expect(incoming.payload?.count == rows.utf8.count)
    #expect(incoming.request.makeTableReq.data.fromRows.isEmpty)
    #expect(incoming.request.makeTableReq.options.makeIndexTable == "k")
    #expect(incoming.request.entityID == "large")
    await client.session.receive(Vector(bytes))
    _ = try client.received()
    #expect(await server.tables.first?.table.count == 20_000)
    #expect(server.tables.first?.table.index == "k")
  }

  @Test func dataThatIsDamagedLeavesNothing() async throws {
    let client = TestClient(server)
    _ = try await client.makeTable("t", rows: #"[{"a":1,"b":"x"}]"#, index: "a")
    _ = try await client.makeView("v", of: "t")
    let damaged: [WireMakeTableData] = [
      .with { $0.fromCsv = .init([0x61, 0x2C, 0x62, 0x0A, 0x33, 0x2C, 0xFF, 0x0A]) }, .with { $0.fromCsv = .init("a,b\n1\n".utf8) },
      .with { $0.fromArrow = .init([UInt8](repeating: 0xFE, count: 100)) }, .with { $0.fromArrow = .init() }, .rows("[{"), .rows("7"),
      .with { $0.fromCols = .init(#"{"a":1}"#.utf8) }, .with { $0.fromNdjson = .init("{".utf8) },
      .with { $0.fromRows = .init([0x5B, 0x22, 0xFF, 0x22, 0x5D]) }, .init(), .with { $0.fromView = "v" },
      .with { $0.fromSchema = .init() },
    ]
    for data in damaged {
      for body: WireRequest.OneOf_ClientReq in [
        .tableUpdateReq(.with { $0.data = data }), .tableReplaceReq(.with { $0.data = data }), .tableRemoveReq(.with { $0.data = data }),
      ] {
        let error = try await client.failure("t", body)
        #expect(error?.message.isEmpty == false, "\(data)")
      }
    }
    #expect(try await client.rows("v") == #"[{"a":1,"b":"x"}]"#)
    for data in damaged.dropLast(2) {
      #expect(try await client.failure("new", .makeTableReq(.with { $0.data = data })) != nil, "\(data)")
    }
    #expect(server.tables.map(\.name) == ["t"])
  }

  @Test func aTableWithoutRoomStaysEmpty() async throws {
    let client = TestClient(server)
    let make = WireMakeTableReq.with {
      $0.data = .rows(#"[{"a":1}]"#)
      $0.options.makeLimitTable = 0
    }
    #expect(try await client.ask("t", .makeTableReq(make)) == .makeTableResp(.init()))
    #expect(try await client.ask("t", client.update("t", rows: #"[{"a":2},{"a":3}]"#)) == .tableUpdateResp(.init()))
    #expect(try await client.ask("t", .tableSizeReq(.init())) == .tableSizeResp(.init()))
    guard case .getHostedTablesResp(let list) = try await client.ask("", .getHostedTablesReq(.init())) else {
      throw TestClient.Unanswered(answers: [])
    }
    #expect(list.tableInfos.map(\.limit) == [0] && list.tableInfos.map(\.hasLimit) == [true])
  }

  @Test func viewsAreLimitedAndTheirNamesAreTheirOwn() async throws {
    var limits = PerspectiveServer.Limits()
    limits.viewsPerSession = 2
    let client = TestClient(PerspectiveServer(limits: limits))
    _ = try await client.makeTable("t", rows: #"[{"a":1}]"#)
    _ = try await client.makeView("v", of: "t")
    let invalid = try await client.makeView("w", of: "t", .with { $0.groupBy = ["zz"] })
    #expect(invalid == .serverError(.with { $0.message = "Invalid column 'zz' found in View group_by.\n" }))
    let again = try await client.makeView("v", of: "t")
    #expect(again == .serverError(.with { $0.message = "View \"v\" already exists" }))
    _ = try await client.makeView("w", of: "t")
    guard case .serverError(let error) = try await client.makeView("x", of: "t") else { throw TestClient.Unanswered(answers: []) }
    #expect(error.message.contains("2 views"))
    _ = try await client.ask("w", .viewDeleteReq(.init()))
    #expect(try await client.makeView("x", of: "t") == .tableMakeViewResp(.with { $0.viewID = "x" }))
  }

  @Test func tablesOfClientsAreLimited() async throws {
    var limits = PerspectiveServer.Limits()
    limits.tables = 2
    let server = PerspectiveServer(limits: limits)
    try server.host(Table(schema: Schema([.init("a", .int64)])), as: "own")
    let client = TestClient(server)
    #expect(try await client.makeTable("t", rows: #"[{"a":1}]"#) == .makeTableResp(.init()))
    guard case .serverError(let error) = try await client.makeTable("u", rows: #"[{"a":1}]"#) else {
      throw TestClient.Unanswered(answers: [])
    }
    #expect(error.message.contains("2 tables"))
    // The server's own tables are not held up by those of clients.
    try server.host(Table(schema: Schema([.init("a", .int64)])), as: "other")
    _ = try await client.ask("t", .tableDeleteReq(.init()))
    #expect(server.tables.map(\.name) == ["other", "own"])
  }

  @Test func clientsMakeNoTablesWhereTheyMayNot() async throws {
    var limits = PerspectiveServer.Limits()
    limits.clientsMayMakeTables = false
    let server = PerspectiveServer(limits: limits)
    try server.host(Table(schema: Schema([.init("a", .int64)])), as: "own")
    let client = TestClient(server)
    guard case .serverError(let error) = try await client.makeTable("t", rows: #"[{"a":1}]"#) else {
      throw TestClient.Unanswered(answers: [])
    }
    #expect(error.message == "Clients cannot make tables on this server; open one that it has.")
    #expect(try await client.ask("own", client.update("own", rows: #"[{"a":1}]"#)) == .tableUpdateResp(.init()))
    #expect(server.tables.map(\.name) == ["own"])
  }

  @Test func aSessionThatIsOverKeepsNothing() async throws {
    let client = TestClient(server)
    _ = try await client.makeTable("t", rows: #"[{"a":1}]"#)
    await client.session.close()
    try await client.send("t", .tableMakeViewReq(.with { $0.viewID = "v" }))
    try await client.send("u", .makeTableReq(.with { $0.data = .rows("[]") }))
    #expect(try client.received().isEmpty)
    #expect(await server.tables[0].table.viewCount == 0)
    #expect(server.tables.map(\.name) == ["t"])
  }

  @Test func configurationsComeBackResolved() async throws {
    let client = TestClient(server)
    _ = try await client.makeTable("t", rows: #"[{"i":1,"d":"2020-01-02","t":"2020-01-02 03:04:05.678","s":"x"}]"#)
    let config = WireViewConfig.with {
      $0.groupBy = ["s"]
      $0.filter = [
        .with {
          ($0.column, $0.op) = ("d", "==")
          $0.value = [.with { $0.string = "2020-01-02" }]
        },
        .with {
          ($0.column, $0.op) = ("t", ">")
          $0.value = [.with { $0.string = "2020-01-01 00:00:00.000" }]
        },
        .with {
          ($0.column, $0.op) = ("s", "in")
          $0.value = [.with { $0.string = "x" }, .with { $0.string = "y" }]
        },
      ]
      $0.sort = [.with { ($0.column, $0.op) = ("i", .sortDesc) }, .with { ($0.column, $0.op) = ("i", .sortColAsc) }]
      $0.filterOp = .or
    }
    _ = try await client.makeView("v", of: "t", config)
    guard case .viewGetConfigResp(let response) = try await client.ask("v", .viewGetConfigReq(.init())) else {
      throw TestClient.Unanswered(answers: [])
    }
    let resolved = response.config
    #expect(resolved.columns.columns.columns == ["i", "d", "t", "s"])
    #expect(resolved.sort.map(\.op) == [.sortDesc])
    #expect(resolved.filterOp == .or && resolved.hasGroupRollupMode && resolved.hasSplitRollupMode && !resolved.hasGroupByDepth)
    #expect(resolved.aggregates.mapValues(\.aggregations) == ["i": ["sum"], "d": ["count"], "t": ["count"], "s": ["count"]])
    #expect(
      resolved.filter.map { $0.value.map(\.scalar) } == [
        [.string("2020-01-02")], [.float(1_577_836_800_000)], [.string("x"), .string("y")],
      ])
  }

  @Test func aDescriptionIsWhatTheViewWillBe() async throws {
    let client = TestClient(server)
    _ = try await client.makeTable("t", rows: #"[{"i":1,"f":2.5,"s":"x"}]"#)
    let configs: [WireViewConfig] = [
      .init(), .with { $0.columns.columns.columns = ["s", "s"] }, .with { $0.splitBy = ["s"] },
      .with {
        $0.groupBy = ["s"]
        $0.columns.columns.columns = ["i", "s"]
        $0.aggregates["i"] = .with { $0.aggregations = ["mean"] }
        $0.sort = [.with { ($0.column, $0.op) = ("f", .sortDesc) }]
      },
      .with {
        $0.groupBy = ["i"]
        $0.splitBy = ["s"]
        $0.columns.columns.columns = ["f"]
        $0.sort = [.with { ($0.column, $0.op) = ("s", .sortAsc) }, .with { ($0.column, $0.op) = ("i", .sortColAsc) }]
      },
      .with { $0.groupRollupMode = .total },
    ]
    for (number, config) in configs.enumerated() {
      guard case .tableDescribeResp(let description) = try await client.ask("t", .tableDescribeReq(.with { $0.config = config })),
        case .tableMakeViewResp = try await client.makeView("v\(number)", of: "t", config),
        case .viewSchemaResp(let schema) = try await client.ask("v\(number)", .viewSchemaReq(.init()))
      else { throw TestClient.Unanswered(answers: []) }
      #expect(description.viewSchema.schema == schema.schema && !schema.schema.isEmpty && !description.hasConfigError)
    }
    let wrong = WireTableDescribeReq.with { $0.config.columns.columns.columns = ["qsd"] }
    guard case .tableDescribeResp(let description) = try await client.ask("t", .tableDescribeReq(wrong)) else {
      throw TestClient.Unanswered(answers: [])
    }
    #expect(description.configError == "Invalid column 'qsd' found in View columns.\n" && !description.hasViewSchema)
    #expect(try await client.failure("nope", .tableDescribeReq(wrong))?.message == "Couldn't find key.")
  }

  @Test func headingsComeForOldAndNewClients() async throws {
    let client = TestClient(server)
    _ = try await client.makeTable("t", rows: #"[{"a":1,"b":1.5},{"a":2,"b":null}]"#)
    let config = WireViewConfig.with {
      $0.splitBy = ["b"]
      $0.columns.columns.columns = ["a"]
    }
    _ = try await client.makeView("v", of: "t", config)
    guard case .viewColumnPathsResp(let paths) = try await client.ask("v", .viewColumnPathsReq(.init())) else {
      throw TestClient.Unanswered(answers: [])
    }
    #expect(paths.paths == ["null|a", "1.5|a"])
    #expect(paths.levels.map { $0.values.map(\.scalar) } == [[.null(.nullValue), .float(1.5)], [.string("a"), .string("a")]])
    guard case .viewColumnPathsResp(let part) = try await client.ask("v", .viewColumnPathsReq(.with { ($0.startCol, $0.endCol) = (1, 9) }))
    else { throw TestClient.Unanswered(answers: []) }
    #expect(part.paths == ["1.5|a"])
    _ = try await client.makeView("none", of: "t", .with { $0.columns.columns = .init() })
    guard case .viewColumnPathsResp(let none) = try await client.ask("none", .viewColumnPathsReq(.init())) else {
      throw TestClient.Unanswered(answers: [])
    }
    #expect(none.levels.map(\.values) == [[]])
  }

  @Test func whatIsNotThereIsSaidSo() async throws {
    let client = TestClient(server)
    let size = try await client.failure("nope", .tableSizeReq(.init()))
    #expect(size?.message == "Couldn't find key." && size?.statusCode == .serverError)
    let view = try await client.failure("nope", .viewSchemaReq(.init()))
    #expect(view?.message == "View not found" && view?.statusCode == .viewNotFound)
    let gone = try await client.failure("nope", .viewDeleteReq(.init()))
    #expect(gone?.statusCode == .viewNotFound)
    let derived = try await client.failure("d", .makeTableReq(.with { $0.data.fromView = "nov" }))
    #expect(derived?.message == "View \"nov\" does not exist" && derived?.statusCode == .serverError)
    #expect(try await client.ask("nope", .tableDeleteReq(.with { $0.isImmediate = true })) == .tableDeleteResp(.init()))
  }

  @Test func whatCannotBeComputedIsRefused() async throws {
    let client = TestClient(server)
    _ = try await client.makeTable("t", rows: #"[{"a":1}]"#)
    let config = WireViewConfig.with { $0.expressions = ["e": "\"a\" + 1"] }
    guard case .serverError(let error) = try await client.makeView("v", of: "t", config) else {
      throw TestClient.Unanswered(answers: [])
    }
    #expect(error.message.contains("Expressions are not supported"))
    #expect(try await client.failure("j", .makeJoinTableReq(.init()))?.message.contains("Joins are not supported") == true)
    guard case .tableDescribeResp(let description) = try await client.ask("t", .tableDescribeReq(.with { $0.config = config })) else {
      throw TestClient.Unanswered(answers: [])
    }
    #expect(description.expressionErrors["e"]?.errorMessage.contains("Expressions") == true)
    guard case .getFeaturesResp(let features) = try await client.ask("", .getFeaturesReq(.init())) else {
      throw TestClient.Unanswered(answers: [])
    }
    #expect(features.groupBy && features.onUpdate && !features.expressions && !features.viewDerivations)
    #expect(features.windowAggregates.isEmpty)
  }

  @Test func everyFeatureThatIsReportedWorks() async throws {
    let client = TestClient(server)
    let rows = #"[{"s":"x","i":1,"f":1.5,"b":true,"d":"2020-01-02","t":"2020-01-02 03:04:05.678","g":1}]"#
    _ = try await client.makeTable("t", rows: rows)
    guard case .getFeaturesResp(let features) = try await client.ask("", .getFeaturesReq(.init())) else {
      throw TestClient.Unanswered(answers: [])
    }
    let columns: [WireColumnType: String] = [.string: "s", .integer: "i", .float: "f", .boolean: "b", .date: "d", .datetime: "t"]
    var count = 0
    for (type, column) in columns {
      for aggregate in features.aggregates[UInt32(type.rawValue)]?.aggregates ?? [] {
        let config = WireViewConfig.with {
          $0.groupBy = ["g"]
          $0.columns.columns.columns = [column]
          $0.aggregates[column] = .with { $0.aggregations = [aggregate.name] + (aggregate.args.isEmpty ? [] : ["f"]) }
        }
        count += 1
        let answer = try await client.makeView("v\(count)", of: "t", config)
        #expect(answer == .tableMakeViewResp(.with { $0.viewID = "v\(count)" }), "\(aggregate.name) of \(column)")
      }
      for op in features.filterOps[UInt32(type.rawValue)]?.options ?? [] {
        let config = WireViewConfig.with { $0.filter = [.with { ($0.column, $0.op) = (column, op) }] }
        count += 1
        let answer = try await client.makeView("v\(count)", of: "t", config)
        #expect(answer == .tableMakeViewResp(.with { $0.viewID = "v\(count)" }), "\(op) of \(column)")
      }
    }
    #expect(count > 150)
  }
}
