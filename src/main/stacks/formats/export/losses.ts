import type { Finding } from "../../../../shared/domain/index.ts";
import { at, keyOrPlace } from "../../compose/node.ts";
import type { ProjectService } from "../../compose/project/project.ts";

/** Gathers what a format cannot say, each with the place where it is asked for. */
export class Losses {
  readonly found: Finding[] = [];

  /** `key` of a service is lost; `why` ends the sentence. */
  add(service: ProjectService, key: string, why: string, what = `\`${key}\``): void {
    this.found.push({
      rule: "export.lost",
      severity: "warning",
      message: `${what} of \`${service.name}\` is lost: ${why}.`,
      place: keyOrPlace(at(service.node, key) ?? service.node),
      hint: null,
    });
  }
}
