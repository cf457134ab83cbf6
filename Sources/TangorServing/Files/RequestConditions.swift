package import HTTPTypes

/// The fields of a request that decide which bytes of a file are answered, if any.
package struct RequestConditions: Sendable {
  package var ifMatch: String?
  package var ifNoneMatch: String?
  package var ifModifiedSince: String?
  package var ifUnmodifiedSince: String?
  package var ifRange: String?
  package var range: String?
  package var acceptEncoding: String?

  package init() {}

  /// Takes the fields out in one pass; most requests have none of them.
  package init(_ fields: HTTPFields) {
    for field in fields {
      switch field.name {
      case .ifMatch: ifMatch = Self.joined(ifMatch, field.value)
      case .ifNoneMatch: ifNoneMatch = Self.joined(ifNoneMatch, field.value)
      case .ifModifiedSince: ifModifiedSince = field.value
      case .ifUnmodifiedSince: ifUnmodifiedSince = field.value
      case .ifRange: ifRange = field.value
      case .range: range = Self.joined(range, field.value)
      case .acceptEncoding: acceptEncoding = Self.joined(acceptEncoding, field.value)
      default: continue
      }
    }
  }

  private static func joined(_ old: String?, _ new: String) -> String { old.map { $0 + ", " + new } ?? new }

  /// What the preconditions of a GET or HEAD come to.
  package enum Verdict: Sendable, Equatable {
    case proceed
    case notModified
    case failed
  }

  /// Weighs the preconditions in the order of RFC 9110, section 13.2.2.
  ///
  /// - Parameters:
  ///   - tag: The validator of the representation that would be sent.
  ///   - lastModified: When it last changed; conditions on a time that is not known are passed over.
  ///   - currentYear: The year now, for dates with two digits.
  package func verdict(tag: EntityTag, lastModified: HTTPDate?, currentYear: Int) -> Verdict {
    if let ifMatch {
      switch EntityTagList(parsing: ifMatch) {
      case .any: break
      case .tags(let tags): if !tags.contains(where: tag.matchesStrongly) { return .failed }
      }
    } else if let ifUnmodifiedSince, let lastModified,
      let date = HTTPDate(parsing: ifUnmodifiedSince, currentYear: currentYear), lastModified > date
    {
      return .failed
    }
    if let ifNoneMatch {
      switch EntityTagList(parsing: ifNoneMatch) {
      case .any: return .notModified
      case .tags(let tags): return tags.contains(where: tag.matchesWeakly) ? .notModified : .proceed
      }
    }
    if let ifModifiedSince, let lastModified,
      let date = HTTPDate(parsing: ifModifiedSince, currentYear: currentYear), lastModified <= date
    {
      return .notModified
    }
    return .proceed
  }

  /// Whether `If-Range`, if there is one, lets the ranges count.
  ///
  /// A part may only be joined to what the client has when the bytes are the same for certain, so a weak tag never holds, nor
  /// does a date while the file may change within it.
  package func rangeHolds(tag: EntityTag, lastModified: HTTPDate?, currentYear: Int) -> Bool {
    guard let ifRange else { return true }
    if ifRange.hasPrefix("\"") || ifRange.hasPrefix("W/") {
      return EntityTag(parsing: ifRange).map(tag.matchesStrongly) ?? false
    }
    guard let lastModified, !tag.isWeak else { return false }
    return HTTPDate(parsing: ifRange, currentYear: currentYear) == lastModified
  }
}
