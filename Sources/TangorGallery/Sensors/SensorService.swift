import Foundation
import ServiceLifecycle
import Tangor
import TangorCore

/// Reads the sensors and publishes what they say, until the server ends.
///
/// Temperatures go out with each reading, humidities with every third, the machine's own load with every fourth. While nobody follows
/// them, the house is looked at once every two seconds.
struct SensorService: Service {
  static let idleInterval = Duration.seconds(2)

  let station: Station
  let channels: ChannelRegistry

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var round = 0
      var last = ContinuousClock.now
      while !Task.isCancelled {
        let interval = isFollowed ? Duration.milliseconds(station.interval.value.milliseconds) : Self.idleInterval
        // Cancelled when the server goes down: the end of the loop, and no error.
        guard (try? await Task.sleep(for: interval)) != nil else { return }
        let now = ContinuousClock.now
        // A full history store is no reason to stop: the next reading replaces this one.
        try? publish(station.step((now - last) / .seconds(1)), round: round)
        last = now
        round += 1
      }
    }
  }

  private func publish(_ readings: [Climate.Reading], round: Int) throws {
    for reading in readings {
      try channels.publish("sensors/\(reading.place)/temp", reading.temperature)
      if round.isMultiple(of: 3) { try channels.publish("sensors/\(reading.place)/humidity", reading.humidity) }
    }
    if round.isMultiple(of: 4), let load = Self.load { try channels.publish("sensors/server/load", load) }
  }

  private var isFollowed: Bool {
    station.places.contains { place in
      guard let name = try? ChannelName("sensors/\(place)/temp") else { return false }
      return channels.find(name)?.isFollowed ?? false
    }
  }

  /// The machine's load over the last minute; nil where the system does not say.
  private static var load: Double? {
    var loads = [0.0]
    return getloadavg(&loads, 1) == 1 ? loads[0] : nil
  }
}

extension TangorApp {
  func addSensors() throws {
    try channels.add(rule: ChannelRule("sensors/#", history: 120))
    let station = Station(seed: .random(in: 0 ... .max))
    try objects.expose(station, as: "station", options: .init(channelPrefix: "station/"))
    add(service: SensorService(station: station, channels: channels))
  }
}
