import TangorCore
import TangorJSON

extension LiveArguments {
  /// True or false, if given.
  public func optionalBoolean(_ name: String) throws -> Bool? {
    guard let value = self[name] else { return nil }
    guard let flag = value.bool else { throw TangorError(.invalidParameters, "'\(name)' must be true or false; \(value.kindName) came.") }
    return flag
  }

  /// 1 to 1,000 names and patterns of channels, each once.
  func patterns(_ name: String) throws -> [ChannelPattern] {
    guard let values = self[name]?.array, (1...1_000).contains(values.count) else {
      throw TangorError(.invalidParameters, "'\(name)' must be an array of 1 to 1,000 names or patterns of channels.")
    }
    var seen: Set<ChannelPattern> = []
    return try values.compactMap { value in
      guard let text = value.string else {
        throw TangorError(.invalidParameters, "'\(name)' must be an array of strings; \(value.kindName) stands in it.")
      }
      let pattern = try ChannelPattern(text)
      return seen.insert(pattern).inserted ? pattern : nil
    }
  }

  /// Positions by channel; none when absent.
  func positions(_ name: String) throws -> [ChannelName: ChannelPosition] {
    guard let object = try optionalObject(name) else { return [:] }
    var positions: [ChannelName: ChannelPosition] = [:]
    for (channel, value) in object { positions[try ChannelName(channel)] = try ChannelPosition(value, of: name) }
    return positions
  }

  /// A policy; `dropOldest` when absent.
  func policy(_ name: String) throws -> ChannelPolicy { try ChannelPolicy(parameter: optionalString(name), name) }

  /// What a client tells about itself.
  func info(_ name: String) throws -> JSONFragment? {
    guard let value = self[name] else { return nil }
    let fragment = JSONFragment(value)
    guard fragment.bytes.count <= 1_024 else {
      throw TangorError(.payloadTooLarge, "'\(name)' may have 1 KiB of JSON; \(fragment.bytes.count) bytes came.")
    }
    return fragment
  }
}

extension ChannelPosition {
  /// Reads `{"epoch", "offset"}`.
  ///
  /// - Throws: `invalid_parameters`, naming the parameter.
  init(_ value: JSONValue, of name: String) throws {
    guard let object = value.object, let epoch = object["epoch"]?.string.flatMap({ ChannelEpoch($0) }), let offset = object["offset"]?.int,
      offset >= 0, object.count == 2
    else {
      throw TangorError(
        .invalidParameters, "In '\(name)' a position is {\"epoch\": 8 hexadecimal digits, \"offset\": a whole number from 0}.")
    }
    self.init(epoch: epoch, offset: offset)
  }
}

extension ChannelPolicy {
  /// - Throws: `invalid_parameters` for an unknown word.
  init(parameter text: String?, _ name: String) throws {
    guard let text else {
      self = .dropOldest
      return
    }
    guard let policy = Self(rawValue: text) else {
      let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
      throw TangorError(.invalidParameters, "'\(name)' must be one of \(known); '\(text.prefix(32))' came.")
    }
    self = policy
  }
}
