export { baseImages } from "./base-images.ts";
export { inlineDockerfileName, packContext } from "./pack-context.ts";
export { packFiles } from "./pack-files.ts";
export { type TarEntry, tarEnd, tarHeader, tarPadding } from "./tar-header.ts";
