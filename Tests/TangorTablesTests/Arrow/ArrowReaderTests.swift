import Testing

@testable import TangorTables

@Suite struct ArrowReaderTests {
  @Test func fixturesAreThere() {
    #expect(ArrowFixture.readable.count >= 20)
    #expect(ArrowFixture.refused.count >= 10)
  }

  @Test(arguments: ArrowFixture.readable) func reads(fixture: ArrowFixture) throws {
    let batch = try ArrowReader.read(fixture.bytes, listFlatten: fixture.listFlatten)
    #expect(batch.text == fixture.expected)
  }

  @Test(arguments: ArrowFixture.readable) func readsFromAnyAddress(fixture: ArrowFixture) throws {
    for shift in 1...3 {
      let bytes = Vector([UInt8](repeating: 0, count: shift) + fixture.data)
      let batch = try ArrowReader.read(bytes.slice(shift..<bytes.count), listFlatten: fixture.listFlatten)
      #expect(batch.text == fixture.expected)
    }
  }

  @Test(arguments: ArrowFixture.refused) func refuses(fixture: ArrowFixture) {
    #expect(throws: TableError(fixture.expected)) { try ArrowReader.read(fixture.bytes, listFlatten: fixture.listFlatten) }
  }

  @Test func valuesStayWhereTheyAre() throws {
    let fixture = try #require(ArrowFixture.readable.first { $0.name == "every type" })
    let block = MemoryBlock(byteCount: fixture.data.count)
    block.memory.copyBytes(from: fixture.data)
    let bytes = Vector(
      UnsafeBufferPointer(rebasing: UnsafeBufferPointer(block.memory.bindMemory(to: UInt8.self))[..<fixture.data.count]), of: block)
    let batch = try ArrowReader.read(bytes)
    let column = try #require(batch.columns.first { $0.name == "i64" })
    guard case .int64(let values) = column.values else {
      Issue.record("not int64")
      return
    }
    let range = bytes.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress)..<UInt(bitPattern: $0.baseAddress! + $0.count) }
    #expect(values.withUnsafeBufferPointer { range.contains(UInt(bitPattern: $0.baseAddress)) })
  }

  @Test func repeatedKeys() throws {
    let lists = try #require(ArrowFixture.readable.first { $0.name == "lists, zip" })
    #expect(throws: TableError.self) { try ArrowReader.read(lists.bytes, index: "k") }
    #expect(try ArrowReader.read(lists.bytes, index: "l").rowCount == 5)
    #expect(try ArrowReader.read(lists.bytes, listFlatten: .stringify, index: "k").rowCount == 4)
  }

  @Test func rowsAreBounded() throws {
    let lists = try #require(ArrowFixture.readable.first { $0.name == "lists, cartesian" })
    #expect(throws: TableError.self) {
      try ArrowReader.read(lists.bytes, listFlatten: .cartesian, limits: ArrowLimits(maximumRows: 5))
    }
  }

  @Test(arguments: [[], [0], Array("ARROW1".utf8), Array("ARROW1\0\0ARROW1\0\0ARROW1".utf8), Array("a,b\n1,2\n".utf8)] as [[UInt8]])
  func otherBytes(bytes: [UInt8]) {
    #expect(throws: TableError.self) { try ArrowReader.read(Vector(bytes)) }
  }
}
