import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { adviseFiles, openStack } from "../../../../src/main/stacks/index.ts";
import { type Advice, stackSelection } from "../../../../src/shared/domain/index.ts";

const mebibyte = 1024 * 1024;

async function stackOf(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bayplan-advice-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

function advice(service: string, key: string, proposed: string): Advice {
  return { service, key, proposed, current: null, reason: "measured" };
}

async function write(folder: string, wanted: readonly Advice[], file = "compose.yaml") {
  const advised = await adviseFiles(stackSelection(join(folder, file)), wanted, {});
  await advised.write();
  return { ...advised, text: await readFile(join(folder, file), "utf8") };
}

describe("advice", () => {
  it("is added where nothing stands, and the rest of the file stays to the byte", async () => {
    const text = "# ours\nservices:\n  web:   # the page\n    image: nginx:1   # pinned\n    ports: ['80:80']\n";
    const folder = await stackOf({ "compose.yaml": text });
    const wanted = [
      advice("web", "mem_limit", "352m"),
      advice("web", "cpus", "0.40"),
      advice("web", "restart", "unless-stopped"),
    ];
    const written = await write(folder, wanted);
    expect(written.taken).toEqual(wanted);
    expect(written.text).toBe(
      text.replace("# pinned\n", "# pinned\n    mem_limit: 352m\n    cpus: 0.4\n    restart: unless-stopped\n"),
    );
    const { stack } = await openStack(join(folder, "compose.yaml"));
    expect(stack?.services[0]?.limits).toMatchObject({ memoryBytes: 352 * mebibyte, cpuCores: 0.4 });
    expect(written.files[0]?.diff).toContain("+    mem_limit: 352m");
  });

  it("takes the place of what stands, in the form in which it stands, with its comment", async () => {
    const folder = await stackOf({
      "compose.yaml": [
        "services:",
        "  web:",
        "    image: nginx:1",
        '    mem_limit: "128m"  # guessed',
        "    cpus: 1.50",
        "  api:",
        "    image: nginx:1",
        "    deploy: { resources: { limits: { memory: 64M, cpus: '0.5' } } }",
      ].join("\n"),
    });
    const { text, left } = await write(folder, [
      advice("web", "mem_limit", "352m"),
      advice("web", "cpus", "0.35"),
      advice("api", "mem_limit", "96m"),
      advice("api", "cpus", "0.25"),
    ]);
    expect(left).toEqual([]);
    expect(text).toContain('    mem_limit: "352m"  # guessed\n    cpus: 0.35\n');
    expect(text).toContain("limits: { memory: 96m, cpus: '0.25' }");
    const { stack } = await openStack(join(folder, "compose.yaml"));
    const limits = Object.fromEntries(stack?.services.map(({ name, limits }) => [name, limits]) ?? []);
    expect(limits.web).toMatchObject({ memoryBytes: 352 * mebibyte, cpuCores: 0.35 });
    expect(limits.api).toMatchObject({ memoryBytes: 96 * mebibyte, cpuCores: 0.25 });
    expect(await write(folder, [advice("web", "mem_limit", "352m")])).toMatchObject({ files: [], taken: [], left: [] });
  });

  it("lifts the limit of memory and swap, which an engine refuses below that of memory", async () => {
    const folder = await stackOf({
      "compose.yaml": "services:\n  web:\n    image: nginx:1\n    mem_limit: 64m\n    memswap_limit: 64m\n",
    });
    const { text } = await write(folder, [advice("web", "mem_limit", "96m")]);
    expect(text).toContain("mem_limit: 96m\n    memswap_limit: 96m\n");
  });

  it("leaves what cannot be changed by itself, with why, and does the rest", async () => {
    const folder = await stackOf({
      "compose.yaml": [
        "x-small: &small",
        "  mem_limit: 64m",
        "services:",
        "  one: { image: nginx:1, <<: *small }",
        "  two: { image: nginx:1, <<: *small }",
        "  var:",
        "    image: nginx:1",
        ["    mem_limit: $", "{LIMIT:-64m}"].join(""),
        "  kept:",
        "    image: nginx:1",
        "    mem_reservation: 200m",
        "  plain:",
        "    image: nginx:1",
      ].join("\n"),
    });
    const { taken, left, text } = await write(folder, [
      advice("one", "mem_limit", "96m"),
      advice("var", "mem_limit", "96m"),
      advice("kept", "mem_limit", "96m"),
      advice("gone", "mem_limit", "96m"),
      advice("plain", "mem_limit", "96m"),
    ]);
    expect(taken.map(({ service }) => service)).toEqual(["plain"]);
    const reasons = Object.fromEntries(left.map((one) => [one.advice.service, one.reason]));
    expect(reasons.one).toContain("two");
    expect(reasons.var).toMatch(/^It comes from a variable: .*LIMIT:-64m/);
    expect(reasons.kept).toContain("mem_reservation");
    expect(reasons.gone).toContain("not in the file any more");
    expect(text).toContain("image: nginx:1\n    mem_limit: 96m");
    expect(text.match(/mem_limit/g)).toHaveLength(3);
  });

  it("goes into the file that says it: an override, for what stands there", async () => {
    const folder = await stackOf({
      "compose.yaml": "services:\n  web:\n    image: nginx:1\n",
      "compose.override.yaml": "services:\n  web:\n    mem_limit: 64m\n",
    });
    const advised = await adviseFiles(stackSelection(folder), [advice("web", "mem_limit", "96m")], {});
    await advised.write();
    expect(await readFile(join(folder, "compose.override.yaml"), "utf8")).toContain("mem_limit: 96m");
    expect(await readFile(join(folder, "compose.yaml"), "utf8")).not.toContain("mem_limit");
  });

  it("is refused where the format has no such setting", async () => {
    const folder = await stackOf({
      "telemetry.config.json": '{"containers":[{"name":"a","image":"nginx:1","port":80}]}',
    });
    await expect(
      adviseFiles(stackSelection(join(folder, "telemetry.config.json")), [advice("a", "mem_limit", "96m")], {}),
    ).rejects.toMatchObject({ code: "unsupported" });
  });

  it("is not written over a change that somebody made meanwhile", async () => {
    const folder = await stackOf({ "compose.yaml": "services:\n  web:\n    image: nginx:1\n" });
    const file = join(folder, "compose.yaml");
    const advised = await adviseFiles(stackSelection(file), [advice("web", "mem_limit", "96m")], {});
    await writeFile(file, "services:\n  web:\n    image: nginx:2\n");
    await expect(advised.write()).rejects.toMatchObject({ code: "conflict" });
    expect(await readFile(file, "utf8")).toContain("nginx:2");
  });
});
