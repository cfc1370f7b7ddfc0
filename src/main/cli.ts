#!/usr/bin/env node
import { join } from "node:path";
import { openHost } from "./api/index.ts";
import { runCli, type Serve } from "./doors/cli/index.ts";
import { packageFolder } from "./store/index.ts";

/** `bayplan serve`: the one command that opens another door, which is why the two meet here and not in either. */
const serve: Serve = async ({ port, output, signal }) => {
  const { serveWeb } = await import("./doors/web/index.ts");
  const host = await openHost();
  try {
    const web = await serveWeb({
      router: host.router,
      rendererFolder: join(packageFolder(), "out", "renderer"),
      port,
      host: "127.0.0.1",
    });
    try {
      output.value({ url: web.url, port: web.port });
      output.text(`Bayplan is at ${web.url}`);
      output.note("The address works once, in a browser of this machine. Ctrl-C ends it.");
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    } finally {
      await web.close();
    }
  } finally {
    await host.close();
  }
};

// `bayplan logs … | head` closes the pipe: that is a wish to stop, not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), serve);
