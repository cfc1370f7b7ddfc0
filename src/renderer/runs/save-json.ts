import { offerFile } from "../ui/offer-file.ts";

/** Offers a value as a file to keep. */
export function saveJson(name: string, value: unknown): void {
  offerFile(name, new Blob([JSON.stringify(value, null, 2)], { type: "application/json" }));
}
