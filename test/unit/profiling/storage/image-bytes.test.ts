import { expect, test } from "vitest";
import type { ImageLayers } from "../../../../src/main/engines/index.ts";
import { imageBytes, sharedBytes } from "../../../../src/main/profiling/storage/image-bytes.ts";

/** An image of steps `name=bytes`, oldest first; a step in brackets made no layer. */
function image(id: string, ...written: string[]): ImageLayers {
  const steps = written.map((text) => ({ key: text, bytes: Number(text.split("=")[1] ?? 0) }));
  const layers = written.filter((text) => !text.startsWith("[")).map((_, index, all) => all.slice(0, index + 1).join());
  return {
    id,
    sizeBytes: steps.reduce((sum, { bytes }) => sum + bytes, 0),
    layers: layers.map((key, index) => key.split(",")[index] ?? ""),
    steps,
  };
}

const base = ["debian=100", "[cmd]", "python=50"];

test("layers that images share are counted once", () => {
  const app = image("app", ...base, "app=7");
  const worker = image("worker", ...base, "[env]", "worker=5");
  const other = image("other", "alpine=8");
  expect(sharedBytes(app, worker)).toBe(150);
  expect(imageBytes([app, worker, other])).toBe(157 + 5 + 8);
});

test("the same image twice is one, and a part of another takes nothing more", () => {
  const app = image("app", ...base, "app=7");
  expect(imageBytes([app, app])).toBe(157);
  expect(imageBytes([app, image("base", ...base)])).toBe(157);
  expect(imageBytes([image("base", ...base), app])).toBe(157);
});

test("what is shared with one of three is not taken off twice", () => {
  const images = [image("a", ...base, "a=1"), image("b", ...base, "b=2"), image("c", ...base, "b=2", "c=3")];
  expect(imageBytes(images)).toBe(151 + 2 + 3);
});

test("a layer without a size does not make a shared one larger", () => {
  const app = image("app", "debian=100", "workdir=0", "app=7");
  const worker = image("worker", "debian=100", "workdir=0", "worker=5");
  expect(sharedBytes(app, worker)).toBe(100);
});

test("images whose steps an engine does not tell count in full", () => {
  const [app, worker] = [image("app", ...base, "app=7"), image("worker", ...base, "worker=5")];
  expect(
    imageBytes([
      { ...app, steps: [] },
      { ...worker, steps: [] },
    ]),
  ).toBe(157 + 155);
});
