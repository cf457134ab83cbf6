const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/**
 * @param {number} bytes
 * @returns {string} as people read it
 */
export function size(bytes) {
  let value = bytes;
  let unit = 0;
  // What would be written as 1024 belongs to the next unit.
  for (; value >= 1_023.95 && unit < units.length - 1; unit += 1) value /= 1_024;
  return unit === 0 ? `${value} ${value === 1 ? "byte" : "bytes"}` : `${value.toFixed(1)} ${units[unit]}`;
}
