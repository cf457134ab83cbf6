import Foundation
import Tangor

/// A view of the Mandelbrot set: which part of the plane, in how many pixels, how finely.
struct MandelbrotView: Sendable {
  let width: Int
  let height: Int
  let iterations: Int
  let tile: Int
  let x: Double
  let y: Double
  /// How much of the plane one pixel is wide.
  let pixel: Double

  /// The upper left corners of the tiles, from the middle outwards.
  var tiles: [(x: Int, y: Int)] {
    let corners = stride(from: 0, to: height, by: tile).flatMap { y in stride(from: 0, to: width, by: tile).map { (x: $0, y: y) } }
    func distance(_ corner: (x: Int, y: Int)) -> Int {
      let (dx, dy) = (2 * corner.x + tile - width, 2 * corner.y + tile - height)
      return dx * dx + dy * dy
    }
    return corners.sorted { distance($0) < distance($1) }
  }

  /// Computes a tile.
  func render(x left: Int, y top: Int) -> MandelbrotTile {
    let size = (width: min(tile, width - left), height: min(tile, height - top))
    var shades = [UInt8]()
    shades.reserveCapacity(size.width * size.height)
    for row in top..<(top + size.height) {
      for column in left..<(left + size.width) {
        let point = (x: x + (Double(column) - Double(width) / 2) * pixel, y: y + (Double(row) - Double(height) / 2) * pixel)
        shades.append(shade(of: point))
      }
    }
    return MandelbrotTile(x: left, y: top, width: size.width, height: size.height, shades: shades)
  }

  /// 255 inside the set; outside it the more, the later the point escapes.
  private func shade(of point: (x: Double, y: Double)) -> UInt8 {
    var (zx, zy) = (0.0, 0.0)
    for iteration in 0..<iterations {
      let (xx, yy) = (zx * zx, zy * zy)
      if xx + yy > 4 { return UInt8(254 * iteration / iterations) }
      (zx, zy) = (xx - yy + point.x, 2 * zx * zy + point.y)
    }
    return 255
  }
}

/// A part of the picture: a byte for each pixel, row by row.
struct MandelbrotTile: JSONWritable, SendableMetatype {
  let x: Int
  let y: Int
  let width: Int
  let height: Int
  let shades: [UInt8]

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    for (key, value) in [("x", x), ("y", y), ("width", width), ("height", height)] {
      writer.writeKey(key)
      writer.write(value)
    }
    writer.writeKey("data")
    writer.write(Data(shades).base64EncodedString())
    writer.endObject()
  }
}

extension ServiceRegistry {
  func addMandelbrot() throws {
    try add("/mandelbrot", options: .init(summary: "The Mandelbrot set, tile by tile, with progress.")) { request in
      let width = try request.number("width", default: 640, in: 1...4_096)
      let scale = try request.query("scale", default: 3.2)
      guard scale > 0, scale <= 100 else { throw TangorError(.invalidParameters, "The parameter 'scale' must be above 0 and at most 100.") }
      let view = MandelbrotView(
        width: width, height: try request.number("height", default: 400, in: 1...4_096),
        iterations: try request.number("iterations", default: 300, in: 1...100_000),
        tile: try request.number("tile", default: 64, in: 8...512), x: try request.query("x", default: -0.7),
        y: try request.query("y", default: 0.0), pixel: scale / Double(width))
      return .stream(
        generate(MandelbrotTile.self) { output in
          let tiles = view.tiles
          for (done, corner) in tiles.enumerated() {
            try await output.yield(view.render(x: corner.x, y: corner.y))
            try await output.report(
              Progress(completed: Double(done + 1), total: Double(tiles.count), message: "\(done + 1) of \(tiles.count) tiles"))
          }
        })
    }
  }
}
