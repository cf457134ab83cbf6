import { element } from "../elements.js";

const colours = { orange: "#b84c00", black: "#241c15", blue: "#1d5fbf", green: "#22803c", red: "#b3261e", violet: "#7a3db8", yellow: "#e0a800" };

/**
 * Radio buttons for the colours; one is chosen by chance, so that two pages begin with different ones.
 *
 * @param {HTMLElement} place
 * @param {(colour: string) => void} chosen also called for the first
 */
export function chooseColours(place, chosen) {
  const all = Object.entries(colours);
  const first = Math.floor(Math.random() * all.length);
  place.append(
    ...all.map(([name, colour], index) => {
      const input = element("input", { type: "radio", name: "colour", value: colour, "aria-label": name, "data-colour": name });
      input.style.setProperty("--colour", colour);
      input.checked = index === first;
      input.addEventListener("change", () => chosen(colour));
      return input;
    }),
  );
  chosen(all[first][1]);
}
