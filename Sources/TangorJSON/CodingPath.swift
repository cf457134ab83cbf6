/// A place in nested containers, as a list from the inside out: a step costs one small object, and the path is spelt out for errors only.
final class CodingPath: Sendable {
  private let parent: CodingPath?
  private let step: Step

  /// Keys of users' types need not be `Sendable`, so their two values are kept.
  struct Step: CodingKey, Sendable {
    let stringValue: String
    let intValue: Int?

    init(_ key: some CodingKey) {
      stringValue = key.stringValue
      intValue = key.intValue
    }
    init(stringValue: String) {
      self.stringValue = stringValue
      intValue = nil
    }
    init(intValue: Int) {
      stringValue = "Index \(intValue)"
      self.intValue = intValue
    }
    static let `super` = Step(stringValue: "super")
  }

  init(_ parent: CodingPath?, _ step: Step) {
    self.parent = parent
    self.step = step
  }

  /// The steps from the outside in.
  static func keys(_ path: CodingPath?) -> [any CodingKey] {
    var keys: [any CodingKey] = []
    var next = path
    while let path = next {
      keys.append(path.step)
      next = path.parent
    }
    return keys.reversed()
  }
}
