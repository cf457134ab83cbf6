export const source = {
  swift: `
var configuration = TangorConfiguration()
configuration.uploads.folders["/uploads"] = folder
configuration.uploads.maximumSize = .mebibytes(32)
configuration.uploads.quota = .mebibytes(64)
configuration.uploads.rules.acceptedTypes = ["png", "pdf", "txt", …]

let app = try TangorApp(configuration)
app.uploads.observe { event in
  if case .finished = event.phase {
    _ = try? app.channels.publish("uploads/stored", event.name)
  }
}`,
  javascript: `
await tangor.upload(file, {
  onProgress: ({ sent, total }) => (bar.value = sent / total),
  signal: stop.signal,
});

// Stopped with "keep", the same file goes on where it was.
await tangor.upload(file, { keep: true, signal });`,
};
