// The one place that knows where the elements stand; see client.js.
export * from "./tangor/elements.js";
