import Tangor

/// The prime numbers from a number on, without end.
struct Primes: Sequence, IteratorProtocol {
  private var candidate: Int

  init(from first: Int = 2) { candidate = Swift.max(first, 2) }

  mutating func next() -> Int? {
    while !Self.isPrime(candidate) { candidate += 1 }
    defer { candidate += 1 }
    return candidate
  }

  static func isPrime(_ number: Int) -> Bool {
    guard number > 3 else { return number > 1 }
    guard !number.isMultiple(of: 2), !number.isMultiple(of: 3) else { return false }
    var divisor = 5
    while divisor * divisor <= number {
      if number.isMultiple(of: divisor) || number.isMultiple(of: divisor + 2) { return false }
      divisor += 6
    }
    return true
  }
}

/// The prime factors of a number, each as often as it divides.
struct PrimeFactors: Sequence, IteratorProtocol {
  private var rest: Int
  private var divisor = 2

  init(of number: Int) { rest = number }

  mutating func next() -> Int? {
    guard rest > 1 else { return nil }
    while !rest.isMultiple(of: divisor) {
      divisor = divisor * divisor > rest ? rest : divisor + (divisor == 2 ? 1 : 2)
    }
    rest /= divisor
    return divisor
  }
}

extension ServiceRegistry {
  /// The largest number that the services take: its factors are found in well under a second.
  private static let largest = 1_000_000_000_000

  func addPrimes() throws {
    try add("/primes", options: .init(summary: "The prime numbers from `from` on, without end.")) { request in
      let first = try request.number("from", default: 2, in: 0...Self.largest)
      return .stream(StreamSource(Primes(from: first)).quick())
    }
    try add("/prime-factors", options: .init(summary: "The prime factors of `n`.")) { request in
      .stream(PrimeFactors(of: try request.number("n", in: 1...Self.largest)))
    }
    try poll("/prime", options: .init(summary: "The prime numbers, one for each poll.")) { _ in StreamSource(Primes()).quick() }
    try poll("/countdown", options: .init(summary: "Counts down from `from` to 1, one for each poll.")) { request in
      StreamSource(stride(from: try request.number("from", default: 10, in: 0...1_000_000), through: 1, by: -1)).quick()
    }
  }
}

extension ServiceRequest {
  /// A whole number of the query within a range.
  ///
  /// - Throws: `invalid_parameters`.
  func number(_ name: String, default value: Int? = nil, in range: ClosedRange<Int>) throws -> Int {
    let number = if let value { try query(name, default: value) } else { try query(name, as: Int.self) }
    guard range.contains(number) else {
      throw TangorError(
        .invalidParameters, "The parameter '\(name)' must be from \(range.lowerBound) to \(range.upperBound); \(number) came.")
    }
    return number
  }
}
