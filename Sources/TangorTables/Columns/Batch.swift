/// Rows on their way into a table: what every format is read into.
package struct Batch: Sendable {
  package var rowCount: Int
  package var columns: [BatchColumn]

  package init(rowCount: Int, columns: [BatchColumn]) {
    (self.rowCount, self.columns) = (rowCount, columns)
  }
}

package struct BatchColumn: Sendable {
  package var name: String
  package var values: BatchValues
  /// Which rows have a value; nil when all have. Values of rows without one are there and mean nothing.
  package var validity: Bitmap?
  /// Which rows say anything about the column: a row that does not leaves the table's cell as it is. Nil when all do.
  package var presence: Bitmap?

  package init(_ name: String, _ values: BatchValues, validity: Bitmap? = nil, presence: Bitmap? = nil) {
    (self.name, self.values, self.validity, self.presence) = (name, values, validity, presence)
  }
}

package enum BatchValues: Sendable {
  case int8(Vector<Int8>)
  case int16(Vector<Int16>)
  case int32(Vector<Int32>)
  case int64(Vector<Int64>)
  case uint8(Vector<UInt8>)
  case uint16(Vector<UInt16>)
  case uint32(Vector<UInt32>)
  case uint64(Vector<UInt64>)
  case float32(Vector<Float>)
  case float64(Vector<Double>)
  /// 0 or 1.
  case boolean(Vector<UInt8>)
  /// Days since 1970-01-01.
  case date(Vector<Int32>)
  /// Milliseconds since 1970-01-01T00:00:00Z.
  case datetime(Vector<Int64>)
  /// A text for each row.
  case text(TextVector)
  /// A position in `values` for each row.
  case dictionary(Vector<Int32>, values: TextVector)
  /// So many rows without any value, which fit every column.
  case null(Int)
}

/// Texts: their bytes one behind the other, all of them valid UTF-8.
package struct TextVector: Sendable {
  /// Where each text begins in `bytes`, and behind the last where it ends.
  package let offsets: Vector<Int64>
  package let bytes: Vector<UInt8>

  package var count: Int { offsets.count - 1 }

  /// - Parameters:
  ///   - offsets: One more than there are texts, not decreasing, within `bytes`. Who makes it has checked that.
  ///   - bytes: Valid UTF-8 between any two offsets.
  package init(offsets: Vector<Int64>, bytes: Vector<UInt8>) {
    precondition(offsets.count > 0)
    (self.offsets, self.bytes) = (offsets, bytes)
  }

  package init(_ texts: some Collection<String>) {
    var offsets: [Int64] = [0]
    var bytes: [UInt8] = []
    for text in texts {
      bytes.append(contentsOf: text.utf8)
      offsets.append(Int64(bytes.count))
    }
    self.init(offsets: Vector(offsets), bytes: Vector(bytes))
  }

  package subscript(index: Int) -> String {
    bytes.withUnsafeBufferPointer { String(decoding: $0[Int(offsets[index])..<Int(offsets[index + 1])], as: UTF8.self) }
  }
}
