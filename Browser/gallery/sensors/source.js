export const source = {
  swift: `
final class Station: LiveObject, Sendable {
  let setpoint = TrackedValue(Setpoint(celsius: 21))
  let heater = TrackedValue(false)

  static let interface = Interface<Station>("…") {
    Property("setpoint", tracked: \\.setpoint)
    Property("heater", tracked: \\.heater).readOnly()
    Method("calibrate", …) { (it: Station, …) in … }
  }
}

try app.objects.expose(station, as: "station",
  options: .init(channelPrefix: "station/"))

while !Task.isCancelled {
  try await Task.sleep(for: interval)
  for reading in station.step(seconds) {
    try app.channels.publish(
      "sensors/\\(reading.place)/temp", reading.temperature)
  }
}`,
  javascript: `
<tangor-chart channel="sensors/+/temp"></tangor-chart>
<tangor-input path="station.setpoint"></tangor-input>

tangor.channels.subscribe(["sensors/#"], (value, { channel }) => {
  tiles[channel].textContent = value;
});

const station = await tangor.object("station");
await station.calibrate("cellar", 12.5);`,
};
