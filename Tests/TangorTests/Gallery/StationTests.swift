import Testing

@testable import Tangor
@testable import TangorGallery

@Suite("Sensors")
struct StationTests {
  @Test func theHeaterHoldsTheSetpoint() {
    for setpoint in [18.0, 24.0] {
      var climate = Climate(seed: 7)
      for _ in 0..<2_000 { climate.step(0.5, setpoint: setpoint) }
      var felt: [Double] = []
      var switched = Set<Bool>()
      for _ in 0..<400 {
        climate.step(0.5, setpoint: setpoint)
        felt.append(climate.readings[0].temperature)
        switched.insert(climate.isHeating)
      }
      #expect(felt.allSatisfy { abs($0 - setpoint) < 1.5 }, "\(felt.min() ?? 0)…\(felt.max() ?? 0)")
      #expect(switched == [true, false])
    }
  }

  @Test func theSameSeedGivesTheSameReadings() {
    var (one, two, other) = (Climate(seed: 1), Climate(seed: 1), Climate(seed: 2))
    for _ in 0..<100 {
      one.step(1, setpoint: 21)
      two.step(1, setpoint: 21)
      other.step(1, setpoint: 21)
    }
    #expect(one.readings == two.readings)
    #expect(one.readings != other.readings)
  }

  @Test func airStaysAirHoweverTimeJumps() {
    let station = Station(seed: 3)
    for seconds in [0, -5, 1e300, 0.001, .infinity, 60] as [Double] {
      for reading in station.step(seconds) {
        #expect((-20...70).contains(reading.temperature) && (5...95).contains(reading.humidity))
      }
    }
  }

  @Test func calibratingMakesAThermometerSayWhatTheReferenceSays() throws {
    let station = Station(seed: 3)
    _ = try station.calibrate(place: "cellar", reference: 15)
    // Two thermometers at one place agree: nothing is left to correct.
    #expect(try abs(station.calibrate(place: "cellar", reference: 15)) < 0.1)
    #expect(throws: TangorError.self) { try station.calibrate(place: "attic", reference: 15) }
    #expect(throws: TangorError.self) { try station.calibrate(place: "cellar", reference: 1e9) }
    #expect(throws: TangorError.self) { try station.calibrate(place: "cellar", reference: .nan) }
  }

  @Test func alarmsNameThePlace() {
    let readings = [("hall", 28.1), ("cellar", 9.9), ("roof", 20)].map { Climate.Reading(place: $0, temperature: $1, humidity: 50) }
    #expect(Station.alarms(for: readings) == ["hall is hot", "cellar is cold"])
    #expect(Station.alarms(for: []) == [])
  }

  @Test(arguments: ["4.9", "32.1", "1e400", "\"21\"", "null"])
  func aSetpointOutOfRangeIsRefused(text: String) {
    #expect(throws: (any Error).self) { try JSONDecoding.decode(Setpoint.self, from: text) }
  }

  @Test func settingsTravelAsPlainNumbers() throws {
    #expect(try JSONDecoding.decode(Setpoint.self, from: "21.5") == Setpoint(celsius: 21.5))
    #expect(try JSONFragment(encoding: Setpoint(celsius: 21.5)).description == "21.5")
    #expect(try JSONDecoding.decode(ReadingInterval.self, from: "250") == ReadingInterval(milliseconds: 250))
    #expect(throws: (any Error).self) { try JSONDecoding.decode(ReadingInterval.self, from: "99") }
  }
}
