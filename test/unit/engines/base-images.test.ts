import { expect, test } from "vitest";
import { baseImages } from "../../../src/main/engines/build-context/index.ts";

test("images of FROM and COPY --from, without the stages of the file itself", () => {
  const text = `# syntax=docker/dockerfile:1
FROM --platform=linux/arm64 a.io/base:1 AS Build
COPY --chown=1:1 --from=b.io/tool:2 /x /x
FROM build
COPY --from=build /y /y
COPY --from=0 /z /z
from scratch
`;
  expect(baseImages(text, {})).toEqual(["a.io/base:1", "b.io/tool:2"]);
});

test("arguments before the first FROM are filled in, those of the build over their defaults", () => {
  const text = `ARG HOST=a.io TAG="1"
ARG FULL=\${HOST}/x
FROM $FULL:\${TAG}
ARG LATE=c
FROM \${NONE:-d.io}/y
FROM \${HOST:+e.io}/z
FROM \\
  f.io/w
`;
  expect(baseImages(text, {})).toEqual(["a.io/x:1", "d.io/y", "e.io/z", "f.io/w"]);
  expect(baseImages(text, { HOST: "b.io" })).toContain("b.io/x:1");
});

test("a name that stays open is left out", () => {
  expect(baseImages("FROM $WHO/x\nFROM %%BASE%%\n", {})).toEqual(["%%BASE%%"]);
});
