import Testing

@testable import TangorTables

@Suite struct ColumnTests {
  @Test func vectorsShareTheirMemory() {
    let vector = Vector(0..<100)
    let slice = vector.slice(10..<20)
    #expect(slice.count == 10 && slice[0] == 10 && slice[9] == 19)
    #expect(vector.withUnsafeBufferPointer { $0.baseAddress! + 10 } == slice.withUnsafeBufferPointer { $0.baseAddress! })
    #expect(slice.withSpan { span in (0..<span.count).reduce(0) { $0 + span[$1] } } == 145)
    #expect(Vector<Double>([]).count == 0)
  }

  @Test(arguments: [0, 1, 63, 64, 65, 200]) func bitmaps(count: Int) {
    let bits = (0..<count).map { $0 % 3 == 0 }
    let bitmap = Bitmap(bits)
    #expect((0..<count).map { bitmap[$0] } == bits)
    #expect(bitmap.trueCount == bits.filter { $0 }.count)
    let full = Bitmap(count: count, words: [UInt64](repeating: .max, count: (count + 63) / 64))
    #expect(full.trueCount == count)
  }

  @Test func texts() {
    let texts = TextVector(["", "é", "abc"])
    #expect(texts.count == 3 && (0..<3).map { texts[$0] } == ["", "é", "abc"])
  }

  @Test(arguments: ColumnType.allCases) func declaredKindsHaveTheirType(type: ColumnType) {
    #expect(ColumnKind(type).type == type)
  }
}
