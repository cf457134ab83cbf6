/// A house whose air is simulated: a hall with a heater, a cellar that hardly changes and a roof that follows the sun. A pure value;
/// the same steps give the same readings.
struct Climate: Sendable {
  /// A room with its sensors.
  struct Place: Sendable {
    let name: String
    /// Degrees Celsius that the place goes to by itself.
    let rest: Double
    /// How fast, for each second.
    let exchange: Double
    /// Degrees for each second that the heater adds.
    let heating: Double
    /// The air's true temperature.
    var air: Double
    /// What its thermometer adds to that.
    var error: Double
    /// Percent.
    var humidity: Double
  }

  /// What a place's sensors say, rounded as sensors do.
  struct Reading: Sendable, Equatable {
    let place: String
    let temperature: Double
    let humidity: Double
  }

  private(set) var places: [Place] = [
    Place(name: "hall", rest: 14, exchange: 0.02, heating: 0.35, air: 19, error: 0, humidity: 45),
    Place(name: "cellar", rest: 11, exchange: 0.01, heating: 0.02, air: 11.5, error: 0.4, humidity: 70),
    Place(name: "roof", rest: 19, exchange: 0.05, heating: 0, air: 20, error: -0.3, humidity: 38),
  ]
  /// Whether the heater is on.
  private(set) var isHeating = false
  private var random: UInt64
  private var time = 0.0

  /// - Parameter seed: Makes the noise; the same seed makes the same.
  init(seed: UInt64) { random = seed }

  /// Lets time pass.
  ///
  /// - Parameters:
  ///   - seconds: How much; at most a minute at a time, since the steps of the simulation are coarse.
  ///   - setpoint: What the heater heats the hall to, in degrees Celsius.
  mutating func step(_ seconds: Double, setpoint: Double) {
    let seconds = min(max(seconds, 0), 60)
    time += seconds
    // The thermostat sees what the hall's sensor says, and does not switch at each tenth of a degree.
    let felt = places[0].air + places[0].error
    if felt < setpoint - 0.3 { isHeating = true } else if felt > setpoint + 0.3 { isHeating = false }
    // A sine by its parabolas: the sun of a day that lasts two minutes.
    let day = (time / 120).truncatingRemainder(dividingBy: 1)
    let sun = day < 0.5 ? 16 * day * (0.5 - day) : -16 * (day - 0.5) * (1 - day)
    for index in places.indices {
      var place = places[index]
      let rest = place.rest + (place.name == "roof" ? 6 * sun : sun)
      let share = min(place.exchange * seconds, 1)
      place.air += (rest - place.air) * share
      if isHeating { place.air += min(place.heating * seconds, max(60 - place.air, 0)) }
      place.air += noise(0.05)
      place.humidity = min(max(place.humidity + noise(0.4) + (55 - place.humidity) * share * 0.2, 5), 95)
      places[index] = place
    }
  }

  /// What the sensors say now.
  var readings: [Reading] {
    places.map { place in
      Reading(place: place.name, temperature: Self.round(place.air + place.error), humidity: Self.round(place.humidity))
    }
  }

  /// Corrects a thermometer so that it says what another one, held beside it, says.
  ///
  /// - Returns: What was added to its readings; nil when there is no such place.
  mutating func calibrate(_ name: String, reference: Double) -> Double? {
    guard let index = places.firstIndex(where: { $0.name == name }) else { return nil }
    let correction = reference - (places[index].air + places[index].error)
    places[index].error += correction
    return Self.round(correction)
  }

  private static func round(_ value: Double) -> Double { (value * 10).rounded() / 10 }

  /// From `-size` to `size`.
  private mutating func noise(_ size: Double) -> Double {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (Double(random >> 11) / Double(1 << 53) * 2 - 1) * size
  }
}
