import type { Page } from "playwright";
import type { RunningApp } from "./running-app.ts";

/** What the page complained about since this was called: errors of scripts, and what its policy blocked. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()} (${message.location().url})`);
  });
  return complaints;
}

/** Globals that a page must not have: with any of them a script in the page is a script on this machine. */
async function reachOfPage(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    ["require", "process", "module", "Buffer", "electron", "ipcRenderer", "standInSend"].filter(
      (name) => name in globalThis,
    ),
  );
}

/**
 * The least that a working desktop app shows: its page is drawn, a call and a stream of the real contract were
 * answered, the page has nothing of Node, and nothing was blocked or thrown. Rejects with the first thing that is not so.
 */
export async function smoke(app: RunningApp, { limitMs = 20_000 } = {}): Promise<void> {
  const { page } = app;
  const complaints = complaintsOf(page);
  await page.reload({ timeout: limitMs });
  const explain = (what: string) => (error: Error) => {
    throw new Error(`${what}: ${error.message}\npage: ${complaints.join("\n")}\nmain: ${app.log()}`);
  };
  await page
    .getByRole("navigation", { name: "Place" })
    .getByText("Devices", { exact: true })
    .waitFor({ timeout: limitMs })
    .catch(explain("The page was not drawn"));
  // Both stand there only after an answer: the line of host facts after a call, the wall after the first item of a stream.
  await page
    .getByText(/(on|of) this machine/)
    .first()
    .waitFor({ timeout: limitMs })
    .catch(explain("The call host.info was not answered"));
  await page
    .getByRole("heading", { name: "No devices yet" })
    .or(page.getByRole("article"))
    .first()
    .waitFor({ timeout: limitMs })
    .catch(explain("The stream devices.watch gave nothing"));
  const reach = await reachOfPage(page);
  if (reach.length > 0) throw new Error(`The page reaches ${reach.join(", ")}.`);
  if (complaints.length > 0) throw new Error(`The page complains:\n${complaints.join("\n")}`);
}
