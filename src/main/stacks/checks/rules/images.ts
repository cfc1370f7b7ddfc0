import { stringAt } from "../../compose/project/json-value.ts";
import type { Report, Rule } from "../rule.ts";
import type { CheckedService, CheckSubject } from "../subject.ts";

/** Services whose image comes from a registry; one that is built here has the tag of its build. */
function* pulled({ services }: CheckSubject): Iterable<CheckedService> {
  for (const service of services) if (service.image !== null && !service.wrote("build")) yield service;
}

const pinning = "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions";

export const imageRules: readonly Rule[] = [
  {
    id: "image.latest",
    severity: "warning",
    title: "An image has no tag, or `latest`: two devices may run two versions of it.",
    source: pinning,
    *check(subject): Iterable<Report> {
      for (const service of pulled(subject)) {
        const { image } = service;
        if (image === null || image.digest !== null || (image.tag !== null && image.tag !== "latest")) continue;
        const what = image.tag === null ? "has no tag, which means `latest`" : "has the tag `latest`";
        yield {
          place: service.place("image"),
          message: `\`${stringAt(service.value, "image")}\` ${what}: each device gets whatever is newest on the day it pulls.`,
          hint: "Name a full version, such as `2.0.20`, so that every device runs the same.",
        };
      }
    },
  },
  {
    id: "image.moving-tag",
    severity: "info",
    title: "A tag names no full version, so what it stands for changes over time.",
    source: pinning,
    *check(subject): Iterable<Report> {
      for (const service of pulled(subject)) {
        const { image } = service;
        if (image === null || image.digest !== null || image.tag === null || image.tag === "latest") continue;
        // A date, a commit or two numbers with a dot between them say which build is meant.
        if (/\d+\.\d+/.test(image.tag) || /\d{6}|[0-9a-f]{7}/.test(image.tag)) continue;
        yield {
          place: service.place("image"),
          message: `The tag \`${image.tag}\` moves: the next release of ${image.repository} gets it, too.`,
          hint: "Name a full version, or add the digest (`docker buildx imagetools inspect IMAGE` prints it).",
        };
      }
    },
  },
  {
    id: "image.no-digest",
    severity: "off",
    title: "An image is not pinned by its digest, the only name that never moves.",
    source: pinning,
    *check(subject): Iterable<Report> {
      for (const service of pulled(subject)) {
        if (service.image === null || service.image.digest !== null) continue;
        yield {
          place: service.place("image"),
          message: `\`${stringAt(service.value, "image")}\` has no digest: its publisher can put another image under the same name.`,
          hint: "Write `NAME:TAG@sha256:…`; `docker buildx imagetools inspect IMAGE` prints the digest.",
        };
      }
    },
  },
];
