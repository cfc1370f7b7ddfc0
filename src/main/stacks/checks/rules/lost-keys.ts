import type { Report } from "../rule.ts";
import type { CheckSubject } from "../subject.ts";

/** Says of every key of a table that stands in a service that a system drops it, and what that means. */
export function* lostKeys(
  { services }: CheckSubject,
  system: string,
  meanings: Readonly<Record<string, string>>,
): Iterable<Report> {
  for (const service of services) {
    for (const [key, meaning] of Object.entries(meanings)) {
      if (!service.wrote(key)) continue;
      yield {
        place: service.place(key),
        message: `${system} drops \`${key}\` of \`${service.name}\`: ${meaning}.`,
        hint: null,
      };
    }
  }
}
