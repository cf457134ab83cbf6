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
  options: .init(channelPrefix: "whiteboard/"))`,
  javascript: `
const whiteboard = await tangor.object("whiteboard");

// First the changes, then the snapshot they belong behind.
const changes = tangor.channels.subscribe("whiteboard/board",
  (change, { epoch, offset }) => board.apply(change, epoch, offset));
await changes.ready;
board.load(await whiteboard.snapshot());

// Lines under way, from page to page.
const strokes = tangor.channels.subscribe("whiteboard/strokes", draw,
  { presence: true, info: { id, name, colour } });
strokes.addEventListener("joined", ({ detail }) => show(detail.client));
tangor.channels.send("whiteboard/strokes", piece);

await whiteboard.add(stroke);`,
};
