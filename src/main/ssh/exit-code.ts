import { constants } from "node:os";

/** How a remote command ended; null when the channel closed without saying (the connection was lost). */
export function exitCodeFrom(code: number | null, signalName: string | undefined): number | null {
  if (code !== null) return code;
  if (signalName === undefined) return null;
  const name = signalName.startsWith("SIG") ? signalName : `SIG${signalName}`;
  const known = Object.entries(constants.signals).find(([signal]) => signal === name);
  return known === undefined ? 255 : 128 + known[1];
}
