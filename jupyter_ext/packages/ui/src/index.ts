export { Button } from "./kit/Button";
export { Panel, Root } from "./panel/Panel";
export { Trouble } from "./panel/Trouble";
