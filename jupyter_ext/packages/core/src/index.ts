export * from "./format";
export type { Places } from "./numbers";
export * from "./inbox";
export * from "./kernel";
export * from "./session";
export * from "./state";
export type * from "./types.gen";
