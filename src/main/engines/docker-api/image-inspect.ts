import { AppError } from "../../../shared/domain/index.ts";
import type { ImageInspection } from "../engine.ts";
import { imageAnswer } from "./answers.ts";
import type { EngineHttp } from "./engine-http.ts";
import { imagePath } from "./image-reference.ts";

export async function inspectImage(http: EngineHttp, reference: string): Promise<ImageInspection | null> {
  try {
    const answer = await http.json(imageAnswer, {
      method: "GET",
      path: `/images/${imagePath(reference)}/json`,
      what: `Image ${reference}`,
    });
    const variant = answer.Variant === undefined || answer.Variant === "" ? "" : `/${answer.Variant}`;
    return { id: answer.Id, platform: `${answer.Os}/${answer.Architecture}${variant}`, sizeBytes: answer.Size };
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") return null;
    throw error;
  }
}
