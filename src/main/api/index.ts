export { logBug, type WriteLog } from "./bug-log.ts";
export { createDirectClient, type ServedRouter } from "./direct-client.ts";
export { bayplanVersion, type Host, type HostOptions, openHost } from "./host.ts";
export { type FileAnswer, loadRendererFiles, type RendererFiles } from "./renderer-files.ts";
export { securityHeaders } from "./security-headers.ts";
export { type Served, type ServedPort, servePort } from "./serve-port.ts";
export { serveSocket } from "./serve-socket.ts";
export { maxFrameBytes } from "./wire-frame.ts";
