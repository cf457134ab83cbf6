/// The media types of files, by what their names end with.
package enum MediaTypes {
  /// The type of a file, with `charset=utf-8` where it is text.
  ///
  /// - Parameter path: The file's name or path; what is not known is `application/octet-stream`.
  package static func type(ofFile path: String) -> String {
    let name = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.index(after: $0)...] } ?? path[...]
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else {
      return plainNames.contains(name.lowercased()) ? "text/plain; charset=utf-8" : "application/octet-stream"
    }
    return types[name[name.index(after: dot)...].lowercased()] ?? "application/octet-stream"
  }

  /// Names without an ending that are known to be text.
  private static let plainNames: Set<String> = [
    "authors", "changelog", "contributing", "copying", "dockerfile", "license", "makefile", "news", "notice", "readme", "todo",
  ]

  /// Text is served as UTF-8: what else is in use is written in it or in a part of it.
  private static let types: [String: String] = {
    var types = binary
    for (ending, type) in text { types[ending] = type + "; charset=utf-8" }
    return types
  }()

  private static let text: [String: String] = [
    "html": "text/html", "htm": "text/html", "css": "text/css", "js": "text/javascript", "mjs": "text/javascript",
    "cjs": "text/javascript", "txt": "text/plain", "text": "text/plain", "log": "text/plain", "conf": "text/plain",
    "ini": "text/plain", "cfg": "text/plain", "toml": "application/toml", "md": "text/markdown", "markdown": "text/markdown",
    "rst": "text/x-rst", "csv": "text/csv", "tsv": "text/tab-separated-values", "ics": "text/calendar", "vcf": "text/vcard",
    "vtt": "text/vtt", "srt": "text/plain", "xml": "text/xml", "xsl": "text/xml", "xslt": "application/xslt+xml",
    "dtd": "application/xml-dtd",
    "yaml": "application/yaml", "yml": "application/yaml", "swift": "text/plain", "c": "text/plain", "h": "text/plain",
    "cpp": "text/plain", "hpp": "text/plain", "rs": "text/plain", "go": "text/plain", "java": "text/plain", "sh": "text/plain",
    "ts": "text/plain", "tsx": "text/plain", "jsx": "text/plain", "sql": "text/plain", "r": "text/plain", "tex": "text/plain",
    "diff": "text/plain", "patch": "text/plain", "glsl": "text/plain", "wgsl": "text/plain", "vert": "text/plain", "frag": "text/plain",
  ]

  private static let binary: [String: String] = [
    // Data
    "json": "application/json", "map": "application/json", "geojson": "application/geo+json", "topojson": "application/json",
    "jsonld": "application/ld+json", "ndjson": "application/x-ndjson", "jsonl": "application/x-ndjson",
    "webmanifest": "application/manifest+json", "ipynb": "application/x-ipynb+json", "gltf": "model/gltf+json", "glb": "model/gltf-binary",
    "arrow": "application/vnd.apache.arrow.file", "arrows": "application/vnd.apache.arrow.stream",
    "feather": "application/vnd.apache.arrow.file", "parquet": "application/vnd.apache.parquet", "npy": "application/octet-stream",
    "npz": "application/zip", "sqlite": "application/vnd.sqlite3", "db": "application/vnd.sqlite3",
    "kml": "application/vnd.google-earth.kml+xml",
    "kmz": "application/vnd.google-earth.kmz", "gpx": "application/gpx+xml", "wasm": "application/wasm", "stl": "model/stl",
    "obj": "model/obj", "mtl": "model/mtl", "vtp": "application/xml", "vti": "application/xml", "vtu": "application/xml",
    "vtk": "application/octet-stream",
    // Pages and feeds
    "xhtml": "application/xhtml+xml", "rss": "application/rss+xml", "atom": "application/atom+xml",
    // Pictures
    "svg": "image/svg+xml", "svgz": "image/svg+xml", "png": "image/png", "apng": "image/apng", "jpg": "image/jpeg", "jpeg": "image/jpeg",
    "gif": "image/gif", "webp": "image/webp", "avif": "image/avif", "heic": "image/heic", "heif": "image/heif", "jxl": "image/jxl",
    "ico": "image/x-icon", "cur": "image/x-icon", "bmp": "image/bmp", "tif": "image/tiff", "tiff": "image/tiff",
    // Fonts
    "woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf", "otf": "font/otf", "ttc": "font/collection",
    "eot": "application/vnd.ms-fontobject",
    // Sound and film
    "mp3": "audio/mpeg", "m4a": "audio/mp4", "aac": "audio/aac", "ogg": "audio/ogg", "oga": "audio/ogg", "opus": "audio/ogg",
    "flac": "audio/flac", "wav": "audio/wav", "weba": "audio/webm", "mid": "audio/midi", "midi": "audio/midi",
    "mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm", "ogv": "video/ogg", "mov": "video/quicktime", "avi": "video/x-msvideo",
    "mkv": "video/x-matroska", "mpeg": "video/mpeg", "mpg": "video/mpeg", "m3u8": "application/vnd.apple.mpegurl",
    "mpd": "application/dash+xml",
    // Documents
    "pdf": "application/pdf", "ps": "application/postscript", "eps": "application/postscript", "rtf": "application/rtf",
    "epub": "application/epub+zip", "doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    // Archives
    "zip": "application/zip", "gz": "application/gzip", "tgz": "application/gzip", "br": "application/octet-stream",
    "bz2": "application/x-bzip2", "xz": "application/x-xz", "zst": "application/zstd", "tar": "application/x-tar",
    "7z": "application/x-7z-compressed", "jar": "application/java-archive",
  ]
}
