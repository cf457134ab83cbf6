import TangorTesting
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

@Suite struct BitmapBuilderTests {
  @Test func buildersAreWhatWasAppended() {
    var random = SeededGenerator(seed: 9)
    for _ in 0..<200 {
      var builder = BitmapBuilder()
      var bits: [Bool] = []
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        let (bit, count) = (Bool.random(using: &random), Int.random(in: 0...150, using: &random))
        if Bool.random(using: &random) {
          builder.append(bit, count: count)
          bits += repeatElement(bit, count: count)
        } else if Bool.random(using: &random), !bits.isEmpty {
          builder.removeLast()
          bits.removeLast()
        } else {
          builder.append(bit)
          bits.append(bit)
        }
      }
      #expect(builder.count == bits.count && builder.falseCount == bits.count { !$0 })
      let bitmap = builder.bitmap
      #expect((0..<bits.count).allSatisfy { (bitmap?[$0] ?? true) == bits[$0] })
      let cut = Int.random(in: 0...bits.count, using: &random)
      let parts = [bits[..<cut], bits[cut...], bits[..<cut]].map { part in
        var builder = BitmapBuilder()
        for bit in part { builder.append(bit) }
        return builder
      }
      let all = bits + bits[..<cut]
      #expect((0..<all.count).allSatisfy { BitmapBuilder.joined(parts)[$0] == all[$0] })
      let joined = Bitmap.joined(parts.map(\.bitmap), counts: parts.map(\.count))
      #expect((0..<all.count).allSatisfy { (joined?[$0] ?? true) == all[$0] })
    }
  }
}
