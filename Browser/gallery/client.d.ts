export * from "../tangor";
