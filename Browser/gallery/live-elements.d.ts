export { use } from "../elements";
