extension Vector {
  /// The converted values of several arrays, one behind the other.
  static func joined<Source>(_ parts: [[Source]], _ convert: (Source) -> Element) -> Vector {
    Vector(count: parts.reduce(0) { $0 + $1.count }) { memory in
      var place = 0
      for part in parts {
        for value in part {
          memory.initializeElement(at: place, to: convert(value))
          place += 1
        }
      }
    }
  }
}
