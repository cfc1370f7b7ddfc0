import { resolve } from "node:path";
import { AppError } from "../../../../shared/domain/index.ts";
import { isOutside } from "../../compose/load/outside-folder.ts";
import { readSourceFile } from "../../compose/load/source-file.ts";
import { type TextNode, textNode } from "../../compose/node.ts";
import type { Environment } from "../../compose/open-project.ts";
import type { ServiceDraft } from "../compose-model.ts";
import { fail, note, warn } from "../fields.ts";
import type { RunCommand } from "./options.ts";

/** The name of the container, else of its image without registry and tag. */
export function serviceName({ name, draft, findings }: RunCommand, taken: ReadonlyMap<string, unknown>): string | null {
  if (name !== null) {
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name.value)) {
      fail(
        findings,
        "bad-name",
        name,
        `A container cannot be called "${name.value.slice(0, 60)}".`,
        "Use letters, digits, dots, dashes and underscores.",
      );
      return null;
    }
    if (!taken.has(name.value)) return name.value;
    fail(findings, "taken-twice", name, `Two containers are called ${name.value}.`, "Give each a name of its own.");
    return null;
  }
  const image = draft.get("image");
  const reference = image?.kind === "text" ? image.value : "";
  const base = (reference.split("/").at(-1) ?? "").split(/[:@]/)[0]?.replace(/[^a-zA-Z0-9_.-]/g, "") || "service";
  for (let count = 1; ; count += 1) {
    const free = count === 1 ? base : `${base}-${count}`;
    if (!taken.has(free)) return free;
  }
}

/** The service of a command under its name, with its environment and its share of the CPU. */
export async function serviceOf(
  command: RunCommand,
  name: string,
  folder: string,
  environment: Environment,
): Promise<ServiceDraft> {
  const draft = command.draft.named(name);
  if (draft.get("restart") === undefined) draft.set("restart", textNode("no", draft.place));
  await setEnvironment(command, draft, folder, environment);
  setCpuQuota(command, draft);
  return draft;
}

const onlyThere = "Somebody who gets only that folder cannot run it.";

/** Files first, then `-e`, whatever their order on the line. A name alone takes the value that it has where Bayplan runs. */
async function setEnvironment(
  command: RunCommand,
  draft: ServiceDraft,
  folder: string,
  environment: Environment,
): Promise<void> {
  const put = (text: string, node: TextNode): void => {
    const [, name = text, value = environment[text]] = /^([^=]+)=([\s\S]*)$/.exec(text) ?? [];
    if (value !== undefined) draft.put("environment", name, { ...node, value });
    else
      warn(
        command.findings,
        "variable",
        node,
        `The variable ${name.slice(0, 60)} has no value here, so it is not set.`,
        `Write ${name.slice(0, 60)}=value.`,
      );
  };
  for (const node of command.environmentFiles) {
    const path = resolve(folder, node.value);
    const tell = (missing: boolean) =>
      command.findings.onFile?.({ path, role: "env-file", namedAt: node.place, missing });
    try {
      const { text } = await readSourceFile(path, "file");
      tell(false);
      if (await isOutside(folder, path)) {
        note(command.findings, "outside-project", node, `${path} is outside the folder of the script.`, onlyThere);
      }
      // Docker takes a line as it is: no quotes, no variables.
      for (const line of text.split(/\r?\n/)) {
        if (line.trim() !== "" && !line.trimStart().startsWith("#")) put(line.trimStart(), node);
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      tell(true);
      fail(command.findings, "env-file", node, error.message, error.hint);
    }
  }
  for (const node of command.environment) put(node.value, node);
}

const defaultPeriod = 100_000;

/** A quota of a period is a number of cores. */
function setCpuQuota({ cpuQuota, cpuPeriod, findings }: RunCommand, draft: ServiceDraft): void {
  if (cpuQuota === null) {
    if (cpuPeriod !== null) draft.set("cpu_period", cpuPeriod);
    return;
  }
  const quota = Number(cpuQuota.value);
  const period = cpuPeriod === null ? defaultPeriod : Number(cpuPeriod.value);
  if (!Number.isInteger(quota) || !Number.isInteger(period) || period <= 0) {
    fail(findings, "bad-value", cpuQuota, "A CPU quota and its period are whole numbers of microseconds.");
  } else if (draft.get("cpus") !== undefined) {
    fail(findings, "bad-value", cpuQuota, "`--cpus` and `--cpu-quota` cannot stand together.", "Keep --cpus.");
  } else if (quota > 0) draft.set("cpus", { ...cpuQuota, value: String(quota / period) });
}
