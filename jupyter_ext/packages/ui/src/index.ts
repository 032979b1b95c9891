export { Button } from "./kit/Button";
export { Panel, Root } from "./panel/Panel";
export { TableOf } from "./panel/TableOf";
export { Trouble } from "./panel/Trouble";
