import Foundation
import TangorJSON
import TangorTesting
import Testing

@Suite struct FuzzTests {
  static func tree(_ random: inout SeededGenerator, depth: Int = 0) -> JSONValue {
    switch Int.random(in: 0..<(depth > 4 ? 7 : 9), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return .integer(Int64(truncatingIfNeeded: random.next()) >> Int64.random(in: 0..<64, using: &random))
    case 3:
      let value = Double(bitPattern: random.next())
      return value.isFinite ? .double(value) : .double(0.5)
    case 4: return .bigNumber("1" + String(random.next()) + "0123456789")
    case 5, 6: return .string(text(&random))
    case 7: return .array((0..<Int.random(in: 0...5, using: &random)).map { _ in tree(&random, depth: depth + 1) })
    default:
      return .object(JSONObject((0..<Int.random(in: 0...24, using: &random)).map { _ in (text(&random), tree(&random, depth: depth + 3)) }))
    }
  }

  static func text(_ random: inout SeededGenerator) -> String {
    let pool: [Unicode.Scalar] = [
      "a", "b", "Z", "0", " ", "\"", "\\", "/", "\n", "\u{0}", "\u{1F}", "\u{7F}", "é", "e\u{301}".unicodeScalars.last!, "€", "😀",
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...20, using: &random) { text.append(pool.randomElement(using: &random) ?? "x") }
    return String(text)
  }

  @Test func roundTripsRandomTrees() throws {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<300 {
      let value = Self.tree(&random)
      let bytes = value.jsonBytes()
      let read = try JSONValue(parsing: bytes)
      #expect(read == value)
      #expect(read.jsonBytes() == bytes)
      #expect(try JSONFragment(validating: bytes).bytes == bytes)
    }
  }

  static let documents = [
    #"{"a":[1,-2.5e3,true,false,null],"b":{"c":"x\n\u00e9\ud83d\ude00é😀","d":""},"long name of a member":"a longer text than eight bytes"}"#,
    #"[[[]],{"":{}},"\"\\\/",0,1e-7,123456789012345678901234567890]"#,
  ]

  @Test(arguments: documents) func everyTruncationIsAnError(_ document: String) throws {
    let bytes = Array(document.utf8)
    _ = try JSONValue(parsing: bytes)
    for count in 0..<bytes.count {
      // A copy of exactly that length, so that reading beyond the end would be seen by a memory checker.
      let prefix = Array(bytes[..<count])
      #expect(throws: JSONError.self) { try JSONValue(parsing: prefix) }
      #expect(throws: JSONError.self) { try JSONFragment(validating: prefix) }
    }
  }

  @Test func survivesMutations() throws {
    var random = SeededGenerator(seed: 2)
    let alphabet = Array("[]{},:\"\\u0123456789eE+-.tfn \u{0}é".utf8) + [0xFF, 0xC0, 0xED, 0xF4]
    var accepted = 0
    for round in 0..<6_000 {
      var bytes = Array(Self.documents[round % Self.documents.count].utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = alphabet.randomElement(using: &random) ?? 0
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: place)
        default: bytes.replaceSubrange(place..<min(bytes.count, place + 5), with: bytes.suffix(3))
        }
      }
      let tree = Result { try JSONValue(parsing: bytes) }
      let fragment = Result { try JSONFragment(validating: bytes) }
      switch (tree, fragment) {
      case (.success(let value), .success(let fragment)):
        accepted += 1
        #expect(try fragment.value() == value)
        #expect(try JSONValue(parsing: value.jsonBytes()) == value)
      case (.failure(let error), .success):
        // Skipping does not weigh numbers; that is the one thing it lets pass.
        #expect((error as? JSONError)?.kind == .outOfRange)
      case (.failure(let error), .failure): #expect(error is JSONError)
      case (.success, .failure): Issue.record("read a tree of what is no JSON: \(String(decoding: bytes, as: UTF8.self))")
      }
    }
    #expect(accepted > 100)
  }

  @Test func agreesWithFoundation() throws {
    var random = SeededGenerator(seed: 3)
    var corpus = GrammarTests.accepted.filter { !$0.contains("e-400") } + Self.documents
    for _ in 0..<60 { corpus.append(String(decoding: Self.tree(&random).jsonBytes(), as: UTF8.self)) }
    var compared = 0
    for text in corpus {
      // Of equal names Foundation keeps the first.
      guard text != "{\"a\":1,\"a\":2}" else { continue }
      guard let theirs = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed) else { continue }
      compared += 1
      #expect(Self.agree(try JSONValue(parsing: text), theirs), "\(text)")
    }
    #expect(compared > 120)
  }

  static func agree(_ ours: JSONValue, _ theirs: Any) -> Bool {
    switch ours {
    case .null: return theirs is NSNull
    case .bool(let value): return theirs as? Bool == value
    case .integer, .double, .bigNumber:
      guard let value = ours.double, let other = (theirs as? NSNumber)?.doubleValue else { return false }
      // Foundation reads long decimals a few units in the last place off; NumberTests compare ours exactly with the standard library.
      return abs(value - other) <= abs(value) * 1e-14
    case .string(let value): return theirs as? String == value
    case .array(let elements):
      guard let others = theirs as? [Any], others.count == elements.count else { return false }
      return zip(elements, others).allSatisfy { agree($0, $1) }
    case .object(let object):
      guard let others = theirs as? [String: Any] else { return false }
      return others.allSatisfy { name, other in object[name].map { agree($0, other) } ?? false }
    }
  }
}
