export * from "./quantities.ts";
export * from "./words.ts";
