#if Macros
import SwiftSyntax

/// The attributes by which a member says how it is exposed.
enum Marker: String, CaseIterable {
  case hidden = "Hidden"
  case nested = "Nested"
  case readOnly = "ReadOnly"
  case requires = "Requires"
  case marked = "Marked"
  case locking = "Locking"
  case synchronous = "Synchronous"
  case timeLimit = "TimeLimit"
  case maxStartDelay = "MaxStartDelay"

  init?(_ attribute: AttributeSyntax) { self.init(rawValue: attribute.plainName) }

  /// The builder's function that does what the marker says; `nil` where the entry itself is another.
  var modifier: String? {
    switch self {
    case .hidden, .nested, .readOnly: nil
    case .requires: "requires"
    case .marked: "marked"
    case .locking: "locking"
    case .synchronous: "synchronous"
    case .timeLimit: "timeLimit"
    case .maxStartDelay: "maxStartDelay"
    }
  }

  /// Whether an object within another may carry it.
  var suitsNested: Bool { [.hidden, .nested, .requires, .marked].contains(self) }

  /// Whether a method may carry it.
  var suitsMethods: Bool { ![.nested, .readOnly].contains(self) }
}

extension AttributeSyntax {
  /// The attribute's name without the module's.
  var plainName: String {
    attributeName.as(MemberTypeSyntax.self)?.name.text ?? attributeName.as(IdentifierTypeSyntax.self)?.name.text
      ?? attributeName.trimmedDescription
  }

  /// What stands between its parentheses.
  var argumentText: String { arguments?.sourceText ?? "" }
}

extension AttributeListSyntax {
  var plain: [AttributeSyntax] { compactMap { $0.as(AttributeSyntax.self) } }

  func first(_ name: String) -> AttributeSyntax? { plain.first { $0.plainName == name } }

  func contains(_ marker: Marker) -> Bool { first(marker.rawValue) != nil }

  /// What the builder calls on an entry to say the same as the markers.
  var modifiers: [String] {
    plain.compactMap { attribute in Marker(attribute)?.modifier.map { ".\($0)(\(attribute.argumentText))" } }
  }
}
#endif
