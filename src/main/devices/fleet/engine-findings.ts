import type { EngineInfo, Finding } from "../../../shared/domain/index.ts";

/** What should be said about the way to a device's engine: nothing when it is the usual one. */
export function engineFindings(engine: EngineInfo | null): Finding[] {
  switch (engine?.via) {
    case "dial-stdio":
      return [
        {
          rule: "device.engine-through-command",
          severity: "info",
          message: `The engine is reached through a command on the device: its SSH server does not forward to ${engine.socket}.`,
          hint: `${FEW_STREAMS} Set AllowStreamLocalForwarding yes in its /etc/ssh/sshd_config to have the faster way.`,
          place: null,
        },
      ];
    case "sudo":
      return [
        {
          rule: "device.engine-through-sudo",
          severity: "info",
          message: `The engine is reached with sudo: the user may not open ${engine.socket}.`,
          hint: `${FEW_STREAMS} Add the user to the group of the socket to have the faster way.`,
          place: null,
        },
      ];
    default:
      return [];
  }
}

const FEW_STREAMS =
  "Each log that is followed takes a session of the SSH server, and those are few: further ones are read every two seconds.";
