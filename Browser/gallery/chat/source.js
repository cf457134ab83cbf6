export const source = {
  swift: `
try app.channels.add(rule: ChannelRule("chat/#", presence: true, history: 100))

try app.services.add("/chat/say", methods: ["POST"]) { request in
  let line = try Line(await request.arguments())
  return .json(try app.channels.publish("chat/room", line).description)
}

// A long poll: what is held at once, else the next line.
try app.services.add("/chat/hear", methods: ["GET"]) { request in
  let coming = try app.channels.messages(in: "chat/room")
  let held = try app.channels.history("chat/room", after: position)
  if held.isEmpty { … wait for the first of coming, or 10 s … }
  return try .json(held)
}`,
  javascript: `
// By a live connection:
tangor.channels.subscribe("chat/room", (line) => show(line), {
  presence: true, info: { name },
});
await tangor.call("service.call", {
  path: "/chat/say", arguments: { name, text },
});

// By long polls:
for (let after = "";;) {
  const answer = await fetch(\`chat/hear?after=\${after}\`);
  const heard = await answer.json();
  heard.lines.forEach(show);
  after = heard.after;
}`,
};
