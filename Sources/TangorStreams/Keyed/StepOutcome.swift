/// How a step ended.
enum StepOutcome: Sendable {
  case element(StreamElement)
  case end
  case failure(any Error)

  @inline(__always)
  init(_ step: () throws -> StreamElement?) {
    do {
      self = try step().map { .element($0) } ?? .end
    } catch {
      self = .failure(error)
    }
  }
}
