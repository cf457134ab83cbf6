/// Lists as JSON text.
struct ArrowListText {
  /// What can be written at a place: the values of a leaf, the members of a structure, or the elements of a list.
  private enum Content {
    case leaf(BatchValues)
    case structure([(name: String, text: ArrowListText)])
    case list(Vector<Int64>, [ArrowListText])
  }

  private let content: Content
  private let validity: Bitmap?

  private init(_ array: ArrowArray) throws(TableError) {
    if array.dictionary == nil {
      switch array.field.type {
      case .list, .largeList:
        content = .list(try array.listOffsets(), [try ArrowListText(array.children[0])])
        validity = array.validity
        return
      case .structure:
        var members: [(name: String, text: ArrowListText)] = []
        for child in array.children {
          guard child.count == array.count else { throw .damagedArrow("a part of column `\(array.field.name)` is cut off") }
          members.append((child.field.name, try ArrowListText(child)))
        }
        content = .structure(members)
        validity = array.validity
        return
      default: break
      }
    }
    let (values, validity) = try array.values()
    content = .leaf(values)
    self.validity = validity
  }

  /// The text of each list of an array of lists. Those that do not exist have the empty text.
  ///
  /// - Parameter limit: bytes that the texts may have; a dictionary's long text may stand in many lists
  static func texts(of array: ArrowArray, limit: Int) throws(TableError) -> TextVector {
    let lists = try ArrowListText(array)
    var builder = TextBuilder()
    for row in 0..<array.count {
      guard array.validity?[row] ?? true else {
        builder.appendEmpty()
        continue
      }
      var output = ByteOutput(capacity: 64)
      lists.write(row, to: &output)
      output.bytes.withUnsafeBufferPointer { builder.append($0) }
      guard builder.byteCount <= limit else {
        throw TableError("The lists of Arrow column `\(array.field.name)` make more than \(limit) bytes of text.")
      }
    }
    return builder.vector
  }

  private func write(_ row: Int, to output: inout ByteOutput) {
    guard validity?[row] ?? true else { return output.append("null") }
    switch content {
    case .leaf(let values): JSONCell.append(values, row, to: &output, isFormatted: true)
    case .structure(let members):
      output.append(0x7B)
      for (place, member) in members.enumerated() {
        if place > 0 { output.append(0x2C) }
        output.append(jsonString: member.name)
        output.append(0x3A)
        member.text.write(row, to: &output)
      }
      output.append(0x7D)
    case .list(let offsets, let elements):
      output.append(0x5B)
      for element in offsets[row]..<offsets[row + 1] {
        if element > offsets[row] { output.append(0x2C) }
        elements[0].write(Int(element), to: &output)
      }
      output.append(0x5D)
    }
  }
}
