import TangorServing

extension DirectoryListing {
  /// The page. Its links are relative, so that it works behind any prefix.
  var page: String {
    let title = "Index of \(path.text)".htmlEscaped
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>\(title)</title>
      <style>\(Self.style)</style>
      </head>
      <body>
      <main>
      <nav aria-label="Folders above"><ol>\(breadcrumb)</ol></nav>
      <h1>\(title)</h1>
      <table>
      <thead><tr><th scope="col">Name</th><th scope="col" class="number">Size</th><th scope="col">Last modified</th></tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      \(isComplete ? "" : "<p>The folder holds more than is shown here.</p>\n")\
      </main>
      </body>
      </html>

      """
  }

  private var breadcrumb: String {
    var items: [String] = []
    for depth in 0...path.segments.count {
      let name = depth == 0 ? "Top" : path.segments[depth - 1].htmlEscaped
      let above = path.segments.count - depth
      items.append(
        above == 0
          ? "<li><span aria-current=\"page\">\(name)</span></li>"
          : "<li><a href=\"\(String(repeating: "../", count: above))\">\(name)</a></li>")
    }
    return items.joined()
  }

  private var rows: String {
    var rows = ""
    if !path.segments.isEmpty {
      rows += "<tr><th scope=\"row\"><a href=\"../\">Folder above</a></th><td class=\"number\"></td><td></td></tr>\n"
    }
    for entry in entries {
      let slash = entry.isDirectory ? "/" : ""
      let size = entry.isDirectory ? "" : "<data value=\"\(entry.size)\">\(Self.readable(entry.size))</data>"
      let stamp = entry.lastModified.timestamp
      rows += "<tr><th scope=\"row\"><a href=\"\(ResourcePath.encoded(entry.name))\(slash)\">\(entry.name.htmlEscaped)\(slash)</a></th>"
      rows += "<td class=\"number\">\(size)</td>"
      rows += "<td><time datetime=\"\(stamp)\">\(stamp.prefix(10)) \(stamp.dropFirst(11).prefix(8)) UTC</time></td></tr>\n"
    }
    if entries.isEmpty { rows += "<tr><td colspan=\"3\">This folder is empty.</td></tr>\n" }
    return rows
  }

  /// A size as people read it, with one digit after the point from KiB on.
  static func readable(_ size: Int) -> String {
    var value = Double(size)
    var unit = 0
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    while value >= 1_024, unit < units.count - 1 {
      value /= 1_024
      unit += 1
    }
    return unit == 0 ? "\(size) B" : "\((value * 10).rounded() / 10) \(units[unit])"
  }

  private static let style = """
    :root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:0;padding:1.5rem}\
    main{max-width:60rem;margin:auto}h1{font-size:1.3rem;overflow-wrap:anywhere}ol{display:flex;flex-wrap:wrap;gap:.4rem;\
    list-style:none;padding:0;margin:0}li+li::before{content:"/";margin-right:.4rem;opacity:.6}\
    table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8884}\
    tbody th{font-weight:normal;overflow-wrap:anywhere}.number{text-align:right;white-space:nowrap}\
    td{font-variant-numeric:tabular-nums}tbody tr:hover{background:#8882}
    """
}
