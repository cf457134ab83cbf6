/// The version of Tangor, as `tangor version` and `/healthz?verbose` tell it.
public let tangorVersion = "0.1.0"
