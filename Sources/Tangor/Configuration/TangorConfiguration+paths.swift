import TangorSite

extension TangorConfiguration {
  /// The configuration with its relative paths made absolute.
  ///
  /// - Parameter folder: The folder that they start from.
  package func withPaths(from folder: String) -> Self {
    let reading = ConfigurationReading(folder: folder)
    var result = self
    result.site.root = site.root.map(reading.resolved)
    result.site.folders = site.folders.mapValues(reading.resolved)
    result.uploads.folders = uploads.folders.mapValues(reading.resolved)
    result.tables = tables.mapValues { table in
      var table = table
      table.source = reading.resolved(table.source)
      return table
    }
    result.programs.vtkweb.folders = programs.vtkweb.folders.map(reading.resolved)
    result.programs.vtkweb.vtkpython = programs.vtkweb.vtkpython.map { $0.contains("/") ? reading.resolved($0) : $0 }
    result.programs.kinds = programs.kinds.mapValues { kind in
      var kind = kind
      kind.folders = kind.folders.map(reading.resolved)
      return kind
    }
    result.tls.certificate = tls.certificate.map(reading.resolved)
    result.tls.key = tls.key.map(reading.resolved)
    return result
  }

  /// Sets the folder whose files are served at `/`.
  package mutating func serve(folder: String) { site.root = folder }

  /// The address to open in a browser on this machine, as in `http://127.0.0.1:8080/app/`.
  ///
  /// - Parameter port: The port that the server listens on, where the configured one is 0.
  package func address(port: Int? = nil) -> String {
    let scheme = tls.certificate == nil ? "http" : "https"
    let place =
      switch host {
      case "0.0.0.0": "127.0.0.1"
      case "::": "[::1]"
      case _ where host.contains(":"): "[\(host)]"
      default: host
      }
    return "\(scheme)://\(place):\(port ?? self.port)\(basePath)/"
  }
}
