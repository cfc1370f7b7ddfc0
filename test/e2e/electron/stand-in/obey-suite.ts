import * as z from "zod";
import { app } from "./app.ts";
import { openWindows, StandInWindow } from "./browser-window.ts";
import { type ControlRequest, requestSchema, tell } from "./control.ts";
import { state } from "./system.ts";

const envelopeSchema = z.object({ id: z.int(), request: requestSchema });

/** Does what the suite asks over the channel of the process, and answers each request once. */
export function obeySuite(): void {
  process.on("message", (message) => {
    const { id, request } = envelopeSchema.parse(message);
    obey(id, request).catch((error: unknown) => tell({ kind: "failed", id, message: String(error) }));
  });
  // Without a suite there is nobody to look at the window.
  process.on("disconnect", () => process.exit(1));
}

function mainWindow(): StandInWindow {
  const [first] = openWindows;
  if (first === undefined) throw new Error("There is no window.");
  return first;
}

async function obey(id: number, request: ControlRequest): Promise<void> {
  switch (request.kind) {
    case "close-window": {
      await mainWindow().closeByPerson();
      tell({ kind: "done", id });
      if (openWindows.size === 0) app.emit("window-all-closed");
      return;
    }
    case "second-instance":
      app.emit("second-instance", {}, [], "");
      return tell({ kind: "done", id });
    case "load":
      await mainWindow().loadURL(request.url);
      return tell({ kind: "done", id });
    case "stranger": {
      const stranger = new StandInWindow(mainWindow().options);
      await stranger.loadURL(request.url);
      return tell({ kind: "done", id });
    }
    case "report": {
      const contents = await mainWindow().contents();
      return tell({
        kind: "report",
        id,
        visible: [...openWindows].map((window) => window.visible),
        menu: state.menu,
        deniedWindows: contents.deniedWindows,
        deniedNavigations: contents.deniedNavigations,
        permissions: Object.fromEntries(asked.map((permission) => [permission, isGranted(permission)])),
      });
    }
  }
}

const asked = ["media", "geolocation", "notifications", "clipboard-read", "usb", "openExternal"] as const;

/** What the door's own handler decides. No handler means that Electron grants everything. */
function isGranted(permission: (typeof asked)[number]): boolean {
  if (state.request === null || state.check === null) return true;
  let granted = false;
  const handler: unknown = state.request;
  if (typeof handler === "function") handler(null, permission, (answer: boolean) => (granted = answer), {});
  return granted;
}
