import { overrideFileOf } from "../compose/load/source-file.ts";
import type { ImportStack } from "./stack-source.ts";

/** A compose file; one that was found in its folder together with its override file. */
export const importCompose: ImportStack = async ({ file, isFound, moreFiles }, environment, remark) => {
  const override = overrideFileOf(file);
  // Who names several files has said which ones count.
  if (!isFound && override !== null && moreFiles.length === 0) {
    const message = `${override} is not applied: this file is read alone.`;
    const hint = "Open the folder to read both, or write what it says into the file itself.";
    remark({ rule: "compose.override-file", severity: "warning", message, hint, place: null });
  }
  const files = isFound && override !== null ? [file, override] : [file];
  return { files: [...files, ...moreFiles], folder: null, name: null, profiles: null, envFiles: null, environment };
};
