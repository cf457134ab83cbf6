// The one place that knows where the client stands: the gallery is served at the base, the client in tangor/ below it.
export * from "./tangor/tangor.js";
