/**
 * What a viewer shows at the press of a button: a title, and what the viewer is told.
 *
 * @typedef {object} Preset
 * @property {string} id
 * @property {string} title
 * @property {object} config
 */

/** What the viewer goes back to before a preset says otherwise. */
const plain = { group_by: [], split_by: [], filter: [], sort: [], aggregates: {}, expressions: {} };

/** @type {Preset[]} */
export const sales = [
  {
    id: "pivot",
    title: "Regions by year",
    config: { plugin: "Datagrid", group_by: ["Region", "Country"], split_by: ["Year"], columns: ["Sales", "Profit"] },
  },
  {
    id: "orders",
    title: "Largest orders",
    config: {
      plugin: "Datagrid",
      columns: ["Order", "Date", "Country", "Channel", "Product", "Quantity", "Sales", "Profit", "Returned"],
      sort: [["Sales", "desc"]],
    },
  },
  {
    id: "losses",
    title: "Losses",
    config: {
      plugin: "Datagrid",
      group_by: ["Category", "Product"],
      columns: ["Profit", "Sales", "Order"],
      aggregates: { Order: "count" },
      filter: [["Profit", "<", 0]],
      sort: [["Profit", "asc"]],
    },
  },
  {
    id: "months",
    title: "Months",
    config: { plugin: "Y Area", group_by: ["Month"], split_by: ["Category"], columns: ["Sales"] },
  },
  {
    id: "profit",
    title: "Profit by country",
    config: { plugin: "X Bar", group_by: ["Country"], split_by: ["Category"], columns: ["Profit"], sort: [["Profit", "desc"]] },
  },
  {
    id: "heatmap",
    title: "Heatmap",
    config: { plugin: "Heatmap", group_by: ["Country"], split_by: ["Product"], columns: ["Profit"] },
  },
].map(complete);

/** @type {Preset[]} */
export const ticks = [
  {
    id: "rising",
    title: "Rising most",
    config: { plugin: "Datagrid", columns: ["symbol", "sector", "price", "change", "bid", "ask", "volume", "time"], sort: [["change", "desc"]] },
  },
  {
    id: "sectors",
    title: "Sectors",
    config: {
      plugin: "Datagrid",
      group_by: ["sector"],
      columns: ["price", "change", "volume", "symbol"],
      aggregates: { price: "avg", change: "avg", volume: "sum", symbol: "count" },
      sort: [["change", "desc"]],
    },
  },
  {
    id: "bars",
    title: "Change by sector",
    config: { plugin: "Y Bar", group_by: ["sector"], columns: ["change"], aggregates: { change: "avg" } },
  },
  {
    id: "scatter",
    title: "Change and volume",
    config: { plugin: "X/Y Scatter", columns: ["change", "volume", "sector"] },
  },
].map(complete);

/**
 * @param {Preset} preset
 * @returns {Preset}
 */
function complete(preset) {
  return { ...preset, config: { ...plain, ...preset.config } };
}
