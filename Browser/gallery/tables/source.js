export const source = {
  swift: `
let ticks = try app.tables.host(
  Table(market.rows(time: now), index: "symbol"), as: "ticks",
  isReadOnly: true)

// Rows whose symbols are there change, others are added.
// Every view of the table follows.
try await ticks.update(.columns([
  "symbol": TableColumn(traded.map(\\.symbol)),
  "price": TableColumn(traded.map(\\.price)),
]))

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
