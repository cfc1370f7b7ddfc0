import { register } from "node:module";

// Given to `node --import`: from here on every import of "electron" is the stand-in's.
const standIn = new URL("./electron-module.ts", import.meta.url).href;
const hook = `export const resolve = (specifier, context, next) =>
  next(specifier === "electron" ? ${JSON.stringify(standIn)} : specifier, context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
