import { AppError } from "../../../shared/domain/index.ts";
import type { ExecResult, SshConnection } from "../../ssh/index.ts";
import { kantoFailure, placeText } from "./kanto-errors.ts";

/** What kanto-cm is given to answer in; its own limit for a connection is 30 s. */
const defaultTimeoutMs = 15_000;

/** What a container id may look like: it becomes an argument, so it must not begin with a dash. */
const idPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** Throws `bad-input` for an id that kanto-cm could take for something else. */
export function checkedId(id: string): string {
  if (idPattern.test(id)) return id;
  throw new AppError("bad-input", `"${id}" is no container id of Kanto.`);
}

export interface KantoCall {
  /** How an error's sentence begins: `Container web`. */
  what: string;
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** The kanto-cm of one device: as the user where the socket lets it, otherwise through `sudo -n`. */
export class KantoCm {
  readonly connection: SshConnection;
  readonly path: string;
  readonly needsSudo: boolean;

  constructor(connection: SshConnection, path: string, needsSudo: boolean) {
    this.connection = connection;
    this.path = path;
    this.needsSudo = needsSudo;
  }

  /** The words that run a command as whoever may use Kanto. */
  asKantoUser(argv: readonly string[]): string[] {
    return this.needsSudo ? ["sudo", "-n", ...argv] : [...argv];
  }

  /** What kanto-cm prints. Throws the failure that its exit status and words mean, `timed-out` when it hangs. */
  async run(args: readonly string[], call: KantoCall): Promise<string> {
    const result = await this.exec(this.asKantoUser([this.path, ...args]), call);
    if (result.exitCode !== 0) throw this.failure(call.what, result);
    return result.stdout;
  }

  failure(what: string, { exitCode, stderr }: ExecResult): AppError {
    return kantoFailure(what, exitCode, stderr, this.connection.target);
  }

  /** A command on the device, in time; what it ended with is the caller's to judge. */
  async exec(argv: readonly string[], { what, timeoutMs, signal }: KantoCall, stdin?: string): Promise<ExecResult> {
    const limitMs = timeoutMs ?? defaultTimeoutMs;
    try {
      return await this.connection.exec(argv, {
        timeoutMs: limitMs,
        ...(signal === undefined ? {} : { signal }),
        ...(stdin === undefined ? {} : { stdin }),
      });
    } catch (error) {
      if (!(error instanceof AppError && error.code === "timed-out")) throw error;
      const place = placeText(this.connection.target);
      throw new AppError("timed-out", `${what}: kanto-cm on ${place} has not answered for ${limitMs / 1000} s.`, {
        hint: "Look at it on the device: sudo systemctl status container-management.",
        cause: error,
      });
    }
  }
}
