export * from "./bytes.ts";
export * from "./cores.ts";
export * from "./probe.ts";
export * from "./quantity.ts";
export * from "./said-words.ts";
export * from "./substitution.ts";
export * from "./time.ts";
export * from "./words.ts";
