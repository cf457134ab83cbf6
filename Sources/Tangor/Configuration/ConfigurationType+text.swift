extension ConfigurationType<String> {
  /// Text on one line. Control characters are refused, because texts travel into headers and logs.
  static let string = ConfigurationType(
    wanted: "text on one line", label: "text", shape: .scalar,
    read: { node, reading in
      if case .scalar(let text, _) = node.content, !node.isNull, !text.hasControlCharacter { return text }
      reading.refuse(node, wanted: "text on one line")
      return nil
    },
    write: { .scalar($0, .quoted) })

  /// Text that is not empty.
  static let name = string.restricted(to: "text on one line, and not empty") { $0.isEmpty ? nil : $0 }

  /// The path of a file or folder; a relative one in a file starts from that file's folder.
  static let path = ConfigurationType(
    wanted: "a path", label: "path", shape: .scalar,
    read: { node, reading in
      guard case .scalar(let text, _) = node.content, !node.isNull, !text.isEmpty, !text.hasControlCharacter else {
        reading.refuse(node, wanted: "a path")
        return nil
      }
      return reading.resolved(text)
    },
    write: { .scalar($0, .quoted) })

  /// A path of URLs such as `/app`, kept with a slash before and none behind; empty for none.
  static let basePath = string.restricted(to: "a path of URLs such as '/app', or empty", label: "URL path") { $0.asURLPath }

  /// An origin such as `https://example.org:8443`, or `*`.
  static let origin = string.restricted(to: "an origin such as 'https://example.org', or '*'", label: "origin") { text in
    if text == "*" { return text }
    let lowered = text.lowercased()
    for scheme in ["https://", "http://"] where lowered.hasPrefix(scheme) {
      let host = lowered.dropFirst(scheme.count)
      let isHost = host.utf8.allSatisfy { !" /?#@\\'\"<>,".utf8.contains($0) && $0 < 0x7F }
      return host.isEmpty || !isHost ? nil : lowered
    }
    return nil
  }
}

extension ConfigurationType<[String]?> {
  /// Extensions of files, or `all`, which is nil.
  static let fileTypes: Self = {
    let wanted = "'all', or a list of extensions such as [png, csv]"
    return Self(
      wanted: wanted, label: "all, or list: extension", shape: .list,
      read: { node, reading in
        if case .scalar("all", _) = node.content { return .some(nil) }
        guard case .list(let nodes) = node.content else {
          reading.refuse(node, wanted: wanted)
          return nil
        }
        var types: [String] = []
        for node in nodes {
          guard case .scalar(let text, _) = node.content, !node.isNull else {
            reading.refuse(node, wanted: wanted)
            return nil
          }
          let type = (text.first == "." ? String(text.dropFirst()) : text).lowercased()
          guard !type.isEmpty, type.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && !"./\\*?".utf8.contains($0) }) else {
            reading.refuse(node, wanted: "an extension such as 'png'")
            return nil
          }
          types.append(type)
        }
        return types == ["all"] ? .some(nil) : types
      },
      write: { types in
        guard let types else { return .scalar("all", .plain) }
        let place = ConfigurationPlace.file("")
        return .list(types.map { ConfigurationNode(.scalar($0, .plain), place) })
      })
  }()
}

extension StringProtocol {
  /// Whether a control character stands in it, line breaks and the invisible byte order mark included.
  var hasControlCharacter: Bool { unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F || $0.value == 0xFEFF } }

  /// The text as a path of URLs with a slash before each segment; nil when a segment could not stand in one as it is.
  var asURLPath: String? {
    let segments = split(separator: "/")
    for segment in segments {
      guard segment != ".", segment != "..", !segment.isEmpty else { return nil }
      let isPlain = segment.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "-._~".utf8.contains(byte)
        }
      }
      guard isPlain else { return nil }
    }
    return segments.map { "/" + $0 }.joined()
  }
}
