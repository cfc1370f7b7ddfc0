/** The accounts of a device: root with a plain shell and, where root is not let in, an ordinary user. */
import { readFile } from "node:fs/promises";
import { type DevicePlan, ORDINARY_PASSWORD } from "./device-plan.ts";
import { run } from "./run.ts";

const USER_ID = 4242;

export interface AccountFile {
  path: string;
  content: string;
  mode: number;
}

/** Account files to be laid over the device's root. */
export async function accountFiles(plan: DevicePlan): Promise<AccountFile[]> {
  const read = (name: string): Promise<string> => readFile(`/etc/${name}`, "utf8");
  const [passwd, group, shadow] = await Promise.all([read("passwd"), read("group"), read("shadow")]);
  // Root's shell and home are plain ones: a heavy shell start-up file would be part of every measurement.
  const rootLine = passwd.replace(/^root:.*$/m, "root:x:0:0:root:/root:/bin/sh");
  if (plan.user === "root") return [{ path: "files/etc/passwd", content: rootLine, mode: 0o644 }];
  const hash = (await run(["openssl", "passwd", "-6", "-stdin"], { input: `${ORDINARY_PASSWORD}\n` })).trim();
  // The sudo device is the one whose user was never put into the engine's group.
  const groups =
    plan.kind === "sudo" ? group : group.replace(/^(docker:.*:)(.*)$/m, (_, head: string) => `${head}${plan.user}`);
  const files: AccountFile[] = [
    {
      path: "files/etc/passwd",
      content: `${rootLine}${plan.user}:x:${USER_ID}:${USER_ID}:${plan.user}:/home/${plan.user}:/bin/sh\n`,
      mode: 0o644,
    },
    { path: "files/etc/group", content: `${groups}${plan.user}:x:${USER_ID}:\n`, mode: 0o644 },
    { path: "files/etc/shadow", content: `${shadow}${plan.user}:${hash}:20000:0:99999:7:::\n`, mode: 0o640 },
  ];
  if (plan.kind === "sudo") {
    // As on Raspberry Pi OS.
    const content = `${plan.user} ALL=(ALL) NOPASSWD: ALL\n`;
    files.push({ path: `files/etc/sudoers.d/010_${plan.user}`, content, mode: 0o440 });
  }
  return files;
}

/** Shell lines of the device's first process, which builds its root in $R: a home of the user's own. */
export function homeLines(plan: DevicePlan): string[] {
  if (plan.user === "root") return [];
  const home = `"$R/home/${plan.user}"`;
  return [`mkdir -m 755 ${home} && chown ${USER_ID}:${USER_ID} ${home}`];
}
