export { Panel } from "./panel/Panel";
