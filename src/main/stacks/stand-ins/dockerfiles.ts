import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  AppError,
  type Build,
  type BuildOptions,
  type Service,
  type Substitution,
} from "../../../shared/domain/index.ts";
import { type Board, balenaDevice } from "./balena.ts";
import type { Step } from "./local-stand-ins.ts";

/** What a build has whose file says nothing of it. */
const plainOptions: BuildOptions = {
  inlineDockerfile: null,
  noCache: false,
  pull: false,
  labels: {},
  cacheFrom: [],
  extraHosts: [],
  network: null,
  shmBytes: null,
  tags: [],
  ulimits: [],
  platform: null,
};

/**
 * Chooses the Dockerfile of each build as balena's builder does, and fills in its variables: that of the device type, of the
 * architecture, the template, then the plain one (balena-bundle-resolve, README). A build that names another file has that.
 * @throws AppError `bad-input` for a variable that balena's builder does not know.
 */
export async function chooseDockerfiles(services: readonly Service[], board: Board): Promise<Step> {
  const { deviceType, arch } = balenaDevice(board);
  const values = new Map([
    ["MACHINE_NAME", deviceType],
    ["ARCH", arch],
  ]);
  const substitutions: Substitution[] = [];
  const changed: Service[] = [];
  for (const service of services) {
    const chosen = service.build === null ? null : await choose(service.build, [deviceType, arch]);
    if (service.build === null || chosen === null) {
      changed.push(service);
      continue;
    }
    const text = fillIn(chosen, values);
    const asWritten = chosen.name === service.build.dockerfile && text === chosen.text;
    if (asWritten) {
      changed.push(service);
      continue;
    }
    const options = { ...plainOptions, ...service.build.options, inlineDockerfile: text };
    changed.push({ ...service, build: { ...service.build, options } });
    substitutions.push({
      kind: "build",
      service: service.name,
      what: `its Dockerfile for ${deviceType}`,
      instead: text === chosen.text ? chosen.name : `${chosen.name} with its variables filled in`,
      place: null,
    });
  }
  return { services: changed, substitutions };
}

interface ChosenFile {
  /** Path inside the context. */
  name: string;
  path: string;
  text: string;
}

/** Null when there is none of them: the build says so in its own words. */
async function choose(build: Build, kinds: readonly string[]): Promise<ChosenFile | null> {
  if ((build.options?.inlineDockerfile ?? null) !== null) return null;
  const isUsual = build.dockerfile === "Dockerfile" || build.dockerfile === "Dockerfile.template";
  const names = isUsual
    ? [...kinds.map((kind) => `Dockerfile.${kind}`), "Dockerfile.template", "Dockerfile"]
    : [build.dockerfile];
  for (const name of names) {
    const path = join(build.context, name);
    const text = await readIfThere(path);
    if (text !== null) return { name, path, text };
  }
  return null;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return null;
    throw new AppError("bad-input", `${path} cannot be read.`, {
      hint: "Give yourself permission to read it.",
      cause: error,
    });
  }
}

function fillIn({ path, text }: ChosenFile, values: ReadonlyMap<string, string>): string {
  return text.replace(/%%(\w+)%%/g, (whole, name: string, offset: number) => {
    const value = values.get(/^(?:BALENA|RESIN)_(\w+)$/.exec(name)?.[1] ?? "");
    if (value !== undefined) return value;
    const before = text.slice(0, offset).split("\n");
    const place = `${path}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
    throw new AppError("bad-input", `${place}: ${whole} is no variable that balena's builder knows.`, {
      hint: "It knows %%BALENA_MACHINE_NAME%% and %%BALENA_ARCH%%, and the same with RESIN.",
    });
  });
}
