import { AppError } from "../../shared/domain/index.ts";

/** The start of a container that was only just made: when it fails, whoever made it must be able to find it. */
export async function startMade(id: string, starting: Promise<void>): Promise<void> {
  try {
    await starting;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `The container was created (${id}), but does not start. ${error.message}`, {
      ...(error.hint === null ? {} : { hint: error.hint }),
      cause: error,
    });
  }
}
