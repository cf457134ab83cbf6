export const source = {
  swift: `
let schema = Schema([
  .init("symbol", .string), .init("sector", .string),
  .init("price", .float64), .init("time", .datetime),
])
let ticks = try app.tables.host(
  Table(schema: schema, index: "symbol"), as: "ticks",
  isReadOnly: true)

// Rows whose symbols are there change, others are added.
// Every view of the table follows.
try await ticks.update(market.trade(100))

// Tables of files, in the configuration:
//   tables:
//     data_source_one: {source: sales.arrow, watch: true}`,
  javascript: `
<perspective-viewer></perspective-viewer>

const websocket = await perspective.websocket(
  "ws://localhost:8080/websocket");
const table = await websocket.open_table("data_source_one");
await viewer.load(table);

await viewer.restore({
  group_by: ["Region", "Country"], split_by: ["Year"],
  columns: ["Sales", "Profit"],
  filter: [["Returned", "==", false]],
});`,
};
