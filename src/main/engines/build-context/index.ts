export { packContext } from "./pack-context.ts";
