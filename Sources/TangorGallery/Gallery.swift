public import Tangor

/// The demonstration application: a page at `/` that shows what Tangor does, and the services behind it.
public enum Gallery {
  /// The rows of the table `data_source_one`, where nobody wants another number.
  public static let salesRows = 1_000_000

  /// Adds the gallery to an application.
  ///
  /// - Parameters:
  ///   - app: The application.
  ///   - salesRows: The rows of the table `data_source_one`, which are made when somebody opens it.
  /// - Throws: `invalid_request` when the application has services at the gallery's paths, or objects or tables of the gallery's names,
  ///   already.
  public static func install(in app: TangorApp, salesRows: Int = salesRows) throws {
    try app.services.addPrimes()
    try app.services.addLog()
    try app.services.addMandelbrot()
    try app.services.addTicks()
    try app.services.addDigest()
    try app.services.addLines()
    try app.services.addQuick("/hello", options: .init(summary: "A small JSON document.")) { _ in Hello() }
    try app.channels.add(rule: ChannelRule("demo/#", clientsMayPublish: true, presence: true))
    try app.addWhiteboard()
    try app.addSensors()
    try app.addChat()
    try app.addWaiting()
    try app.addTables(salesRows: salesRows)
    try app.services.addViewer(app.configuration)
    app.announceUploads()
    try app.objects.expose(Sample(), as: "sample")
    try app.objects.expose(Pause(), as: "pause")
    var echo = app.configuration.serving.webSocket
    echo.maximumMessageSize = max(echo.maximumMessageSize, .mebibytes(64))
    app.webSocket("/echo", configuration: echo) { _ in WebSocketEcho() }
    app.serve(BundledFiles.browser.folder("gallery"), at: "")
  }
}
