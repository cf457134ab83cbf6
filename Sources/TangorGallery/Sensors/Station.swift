import Synchronization
import Tangor

/// The station that the sensors of the simulated house report to.
final class Station: Sendable {
  /// What the hall is heated to.
  let setpoint = TrackedValue(Setpoint(celsius: 21))
  /// The time from one reading to the next.
  let interval = TrackedValue(ReadingInterval(milliseconds: 500))
  /// Whether the heater is on.
  let heater = TrackedValue(false)
  /// What is out of order, in words.
  let alarms = TrackedValue<[String]>([])
  private let climate: Mutex<Climate>

  /// - Parameter seed: Makes the noise of the simulation.
  init(seed: UInt64) { climate = Mutex(Climate(seed: seed)) }

  /// The names of the places that have sensors.
  var places: [String] { climate.withLock { $0.places.map(\.name) } }

  /// Lets time pass, and switches the heater and the alarms.
  ///
  /// - Returns: What the sensors say then.
  func step(_ seconds: Double) -> [Climate.Reading] {
    let (readings, isHeating) = climate.withLock { climate in
      climate.step(seconds, setpoint: setpoint.value.celsius)
      return (climate.readings, climate.isHeating)
    }
    if heater.value != isHeating { heater.value = isHeating }
    let problems = Self.alarms(for: readings)
    if alarms.value != problems { alarms.value = problems }
    return readings
  }

  /// Corrects a place's thermometer.
  ///
  /// - Returns: What was added to its readings, in degrees.
  /// - Throws: `invalid_parameters` when there is no such place, or no air is as warm as that.
  func calibrate(place: String, reference: Double) throws -> Double {
    guard (-40...60).contains(reference) else {
      throw TangorError(.invalidParameters, "The parameter 'reference' must be from -40 to 60 degrees; \(reference) came.")
    }
    guard let correction = climate.withLock({ $0.calibrate(place, reference: reference) }) else {
      let all = places.joined(separator: ", ")
      throw TangorError(.invalidParameters, "The parameter 'place' must be one of \(all); '\(place.prefix(40))' came.")
    }
    return correction
  }

  static func alarms(for readings: [Climate.Reading]) -> [String] {
    readings.compactMap { reading in
      if reading.temperature > 28 { return "\(reading.place) is hot" }
      return reading.temperature < 10 ? "\(reading.place) is cold" : nil
    }
  }
}

/// Degrees Celsius that a heater may be set to.
struct Setpoint: Codable, Sendable, Equatable, JSONSchemaProviding {
  static let allowed = 5.0...32.0
  static let jsonSchema = JSONFragment(unchecked: Array(#"{"type":"number","minimum":5,"maximum":32}"#.utf8))
  let celsius: Double

  init(celsius: Double) { self.celsius = celsius }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    celsius = try container.decode(Double.self)
    guard Self.allowed.contains(celsius) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "a setpoint is from 5 to 32 degrees Celsius; \(celsius) came")
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(celsius)
  }
}

/// Milliseconds from one reading to the next.
struct ReadingInterval: Codable, Sendable, Equatable, JSONSchemaProviding {
  static let allowed = 100...10_000
  static let jsonSchema = JSONFragment(unchecked: Array(#"{"type":"integer","minimum":100,"maximum":10000}"#.utf8))
  let milliseconds: Int

  init(milliseconds: Int) { self.milliseconds = milliseconds }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    milliseconds = try container.decode(Int.self)
    guard Self.allowed.contains(milliseconds) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "an interval is from 100 to 10000 milliseconds; \(milliseconds) came")
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(milliseconds)
  }
}

extension Station: LiveObject {
  static let interface = Interface<Station>("The station that the sensors of a simulated house report to.") {
    Property("setpoint", tracked: \.setpoint, doc: "What the hall is heated to, in degrees Celsius.")
    Property("interval", tracked: \.interval, doc: "Milliseconds from one reading to the next.")
    Property("heater", tracked: \.heater, doc: "Whether the heater is on.").readOnly()
    Property("alarms", tracked: \.alarms, doc: "What is out of order.").readOnly()
    Method(
      "calibrate",
      parameters: [
        .init("place", doc: "hall, cellar or roof."), .init("reference", doc: "What a good thermometer says there, in degrees Celsius."),
      ], doc: "Corrects a place's thermometer, and says by how many degrees."
    ) { (it: Station, place: String, reference: Double) in try it.calibrate(place: place, reference: reference) }
  }
}
