import { AppError, type KeyPrint, type SshTarget } from "../../../shared/domain/index.ts";
import type { KeyVerdict } from "../known-hosts/judge-host-key.ts";

/** Why the key of a jump host is not taken, and how a person agrees to it: as to any other machine's. */
export function jumpKeyError(jump: SshTarget, offered: KeyPrint, verdict: KeyVerdict): AppError {
  const print = `${offered.type} ${offered.fingerprint}`;
  const address = `${jump.user}@${jump.host.includes(":") ? `[${jump.host}]` : jump.host}:${jump.port}`;
  switch (verdict.trust) {
    case "changed":
      return new AppError(
        "key-changed",
        `Its host key has changed: pinned is ${verdict.pinned.type} ${verdict.pinned.fingerprint}, offered is ${print}.`,
        {
          hint: "Find out why before anything goes through it. Then take the old key out of known_hosts: ssh-keygen -R.",
        },
      );
    case "revoked":
      return new AppError("key-changed", `Its host key ${print} is marked @revoked in known_hosts.`, {
        hint: "It is known to be in wrong hands, or was withdrawn. Nothing goes through it.",
      });
    default:
      return new AppError("key-unknown", `Nobody has agreed to its host key ${print} yet.`, {
        hint: `Compare it with that host and agree to it, then this device is reached by itself: bayplan devices add ${address}.`,
      });
  }
}
