export const source = {
  swift: `
try app.services.add("/wait") { _ in
  .body(type: "text/html; charset=utf-8") { writer in
    try await writer.write("I'm waiting for some signal<br>")
    do {
      let message = try await app.signals.wait(for: "abc", timeout: .seconds(5), as: String.self)
      try await writer.write("Someone signaled me with this message: \\(message.htmlEscaped)")
    } catch let error as TangorError where error.code == .signalTimeout {
      try await writer.write("Your time is up !")
    }
  }
}

try app.services.add("/send/**") { request in
  try app.signals.send("abc", request.rest.joined(separator: "/"))
  return .text("Done.")
}`,
  javascript: `
const response = await fetch("wait");
const parts = response.body
  .pipeThrough(new TextDecoderStream());
for await (const part of parts) output.append(part);

await fetch(\`send/\${encodeURIComponent(message)}\`);`,
};
