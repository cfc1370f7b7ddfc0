import react from "@vitejs/plugin-react";
import { defineConfig } from "electron-vite";

export default defineConfig({
  main: {
    build: {
      // A hundred small files of these are opened at every start otherwise, which takes longer than most commands.
      externalizeDeps: { exclude: ["@orpc/client", "@orpc/contract", "@orpc/server", "commander", "yaml", "zod"] },
      rollupOptions: {
        // Each door is an entry of its own, so that import.meta.url stays beside the other doors in out/main.
        input: {
          index: "src/main/doors/electron/index.ts",
          cli: "src/main/cli.ts",
          "keep-stand-ins": "src/main/keep-stand-ins.ts",
          "make-load": "src/main/make-load.ts",
        },
        output: { format: "es" },
      },
    },
  },
  preload: {
    build: {
      rollupOptions: {
        input: { index: "src/preload/index.ts" },
        // A sandboxed preload must be CommonJS.
        output: { format: "cjs", entryFileNames: "[name].cjs" },
      },
    },
  },
  renderer: {
    root: "src/renderer",
    plugins: [react()],
    build: { minify: true, rollupOptions: { input: { index: "src/renderer/index.html" } } },
  },
});
