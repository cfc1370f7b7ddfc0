import { Info, OctagonX, TriangleAlert } from "lucide-react";
import type { Severity } from "../../shared/domain/index.ts";
import type { LucideIcon } from "./icon.tsx";

/** The shape, the colour and the word of each severity. */
export const severityLooks: Record<Severity, { icon: LucideIcon; tone: string; word: string }> = {
  error: { icon: OctagonX, tone: "c-over", word: "Error" },
  warning: { icon: TriangleAlert, tone: "c-tight", word: "Warning" },
  info: { icon: Info, tone: "muted", word: "Note" },
};
