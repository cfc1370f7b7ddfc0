/** The stand-in's `electron .`: evaluates the built entry module, then tells the app that it is ready. */
import { pathToFileURL } from "node:url";
import { app } from "./app.ts";

const entry = process.argv[2];
if (entry === undefined) throw new Error("Name the built main bundle.");
await import(pathToFileURL(entry).href);
app.becomeReady();
