export { serveWeb, type WebDoor, type WebDoorOptions } from "./serve-web.ts";
