import type { Answer, DeviceState } from "../domain/index.ts";

const answerWords: Record<Answer, string> = {
  fits: "Fits",
  tight: "Tight",
  "does-not-fit": "Does not fit",
  unknown: "Unknown",
};

/** The one word of an answer. */
export function answerWord(answer: Answer): string {
  return answerWords[answer];
}

const stateWords: Record<DeviceState, string> = {
  "not-asked": "Not asked",
  connecting: "Connecting",
  online: "Online",
  "engine-down": "No engine",
  "ssh-refused": "SSH refused",
  "auth-failed": "Login refused",
  "key-changed": "Key changed",
  unreachable: "Offline",
  gone: "Gone",
};

/** A device's state in at most two words, the same in every face. */
export function stateWord(state: DeviceState): string {
  return stateWords[state];
}

/** `1 machine`, `3 machines`. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
