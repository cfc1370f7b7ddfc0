import type { Server } from "node:http";
import { AppError } from "../../../shared/domain/index.ts";

/**
 * Starts to listen and gives the port that it became. Throws `conflict` when the port is taken and `bad-input` when
 * this user may not have it.
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const failed = (error: Error) => reject(listenError(error, port));
    server.once("error", failed);
    server.listen({ host, port }, () => {
      server.off("error", failed);
      resolve();
    });
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The server has no address.");
  return address.port;
}

function listenError(error: Error, port: number): Error {
  const code = "code" in error ? error.code : "";
  if (code === "EADDRINUSE") {
    return new AppError("conflict", `Port ${port} is already in use on this machine.`, {
      hint: `Choose another with --port, or --port 0 for any free one. "ss -ltnp" names who has ${port}.`,
      cause: error,
    });
  }
  if (code === "EACCES") {
    return new AppError("bad-input", `This user may not open port ${port}.`, {
      hint: "Choose a port above 1023, or --port 0 for any free one.",
      cause: error,
    });
  }
  return error;
}
