import type { Build } from "../../../shared/domain/index.ts";
import { inlineDockerfileName } from "../build-context/index.ts";

/** The query of POST /build: what is not said is left to the engine. Lists are repeated parameters. */
export function buildQuery(build: Build, tag: string): Record<string, string | string[]> {
  const { options } = build;
  const said: [string, string | string[] | null][] = [
    ["t", [tag, ...(options?.tags ?? [])]],
    ["dockerfile", options?.inlineDockerfile == null ? build.dockerfile : inlineDockerfileName],
    ["buildargs", JSON.stringify(build.args)],
    ["rm", "1"],
    ["forcerm", "1"],
    ["target", build.target],
    ["nocache", options?.noCache === true ? "1" : null],
    ["pull", options?.pull === true ? "1" : null],
    ["labels", record(options?.labels)],
    ["cachefrom", options === undefined || options.cacheFrom.length === 0 ? null : JSON.stringify(options.cacheFrom)],
    ["extrahosts", options === undefined || options.extraHosts.length === 0 ? null : options.extraHosts],
    ["networkmode", options?.network ?? null],
    ["shmsize", options?.shmBytes == null ? null : String(options.shmBytes)],
    ["platform", options?.platform ?? build.platform ?? null],
    [
      "ulimits",
      options === undefined || options.ulimits.length === 0 ? null : JSON.stringify(options.ulimits.map(limit)),
    ],
  ];
  return Object.fromEntries(said.filter((entry): entry is [string, string | string[]] => entry[1] !== null));
}

function record(labels: Readonly<Record<string, string>> | undefined): string | null {
  return labels === undefined || Object.keys(labels).length === 0 ? null : JSON.stringify(labels);
}

function limit({ name, soft, hard }: { name: string; soft: number; hard: number }): object {
  return { Name: name, Soft: soft, Hard: hard };
}
