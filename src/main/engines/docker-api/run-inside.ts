import { AppError } from "../../../shared/domain/index.ts";
import type { InsideCommand } from "../engine.ts";
import { createdAnswer, execAnswer } from "./answers.ts";
import { type EngineHttp, pathPart } from "./engine-http.ts";
import { present } from "./present.ts";

/** Of what a command prints, its end is kept. */
const outputMaxBytes = 16 * 1024;

/** Output comes in frames with a header each (API: "Attach to a container", stream format). */
const frameHeaderBytes = 8;

/** Runs a command inside a running container. Throws `not-found`, `conflict` (it does not run), `engine-failed`, `cancelled`. */
export async function runInside(
  http: EngineHttp,
  id: string,
  command: InsideCommand,
  signal: AbortSignal,
): Promise<{ exitCode: number; output: string }> {
  const what = `A command in container ${id.slice(0, 12)}`;
  const { Id: execId } = await http.json(createdAnswer, {
    method: "POST",
    path: `/containers/${pathPart(id)}/exec`,
    body: present({
      AttachStdout: true,
      AttachStderr: true,
      Cmd: command.argv,
      User: command.user,
      Privileged: command.privileged ? true : null,
      WorkingDir: command.workingFolder,
      Env: Object.entries(command.environment).map(([name, value]) => `${name}=${value}`),
    }),
    signal,
    what,
  });
  const path = `/exec/${pathPart(execId)}`;
  const answer = await http.stream({
    method: "POST",
    path: `${path}/start`,
    body: { Detach: false, Tty: false },
    signal,
    what,
  });
  const stop = (): void => {
    answer.destroy();
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  let output: Buffer;
  try {
    output = await endOf(answer);
  } catch (error) {
    throw signal.aborted ? new AppError("cancelled", `${what} was cancelled.`) : http.streamError(error);
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
  const { ExitCode } = await http.json(execAnswer, { method: "GET", path: `${path}/json`, what });
  return { exitCode: ExitCode ?? -1, output: output.toString("utf8") };
}

/** The end of the output, without the frames' headers, however the frames are cut into pieces. */
async function endOf(source: AsyncIterable<unknown>): Promise<Buffer> {
  let kept = Buffer.alloc(0);
  let header = Buffer.alloc(0);
  let left = 0;
  for await (const piece of source) {
    if (!Buffer.isBuffer(piece)) continue;
    for (let at = 0; at < piece.length; ) {
      if (left === 0) {
        const taken = piece.subarray(at, at + frameHeaderBytes - header.length);
        header = Buffer.concat([header, taken]);
        at += taken.length;
        if (header.length < frameHeaderBytes) continue;
        left = header.readUInt32BE(4);
        header = Buffer.alloc(0);
      } else {
        const body = piece.subarray(at, at + left);
        at += body.length;
        left -= body.length;
        kept = Buffer.concat([kept, body]).subarray(-outputMaxBytes);
      }
    }
  }
  return kept;
}
