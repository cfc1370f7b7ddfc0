import { Duplex } from "node:stream";
import { expect, test } from "vitest";
import { gatherWrites } from "../../../src/main/ssh/gather-writes.ts";

/** What went out, each time that something did. */
function recording(): { stream: Duplex; sent: string[] } {
  const sent: string[] = [];
  const stream = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      sent.push(chunk.toString());
      done();
    },
    writev(pieces, done) {
      sent.push(pieces.map(({ chunk }) => String(chunk)).join(""));
      done();
    },
  });
  gatherWrites(stream);
  return { stream, sent };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("what is written within one turn goes out once, and later turns are not held up", async () => {
  const { stream, sent } = recording();
  for (const piece of ["len", "data", "tag"]) stream.write(piece);
  await turn();
  stream.write("next");
  await turn();
  expect(sent).toEqual(["lendatatag", "next"]);
});

test("the end and an answer to a write are not lost", async () => {
  const { stream, sent } = recording();
  const written = new Promise((resolve) => stream.write("last", resolve));
  stream.end();
  await written;
  expect(sent).toEqual(["last"]);
  expect(stream.writableFinished).toBe(true);
});

test("a stream that is destroyed meanwhile stays so", async () => {
  const { stream, sent } = recording();
  stream.write("lost");
  stream.destroy();
  await turn();
  expect(sent).toEqual([]);
});
