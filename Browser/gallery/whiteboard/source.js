export const source = {
  swift: `
final class Whiteboard: LiveObject {
  let revision = TrackedValue(0)
  private let state: Mutex<State>

  func add(_ stroke: Stroke) throws {
    try state.withLock { state in
      try state.picture.add(stroke)
      // Under the lock: a snapshot and the channel agree.
      state.position = try channels.publish(
        "whiteboard/board", WhiteboardChange(added: stroke))
    }
  }
  // … snapshot(), undo(_:), clear()
}

try app.channels.add(rule: ChannelRule("whiteboard/board"))
try app.channels.add(rule: ChannelRule(
  "whiteboard/#", clientsMayPublish: true, presence: true))
try app.objects.expose(board, as: "whiteboard",
                       channelPrefix: "whiteboard/")`,
  javascript: `
const whiteboard = await tangor.object("whiteboard");

// First the changes, then the snapshot they belong behind.
tangor.channels.subscribe(["whiteboard/board"], (change) => board.apply(change));
board.load(await whiteboard.snapshot());

// Lines under way, from page to page.
tangor.channels.subscribe(["whiteboard/strokes"], draw, {
  presence: true, info: { id, name, colour }, onjoined, onleft,
});
tangor.channels.publish("whiteboard/strokes", piece);

await whiteboard.add(stroke);`,
};
