import type { DiscoveryEvidence, Sighting } from "../../shared/domain/index.ts";

export type SightingEvent =
  | { kind: "attach"; sighting: Sighting }
  | { kind: "update"; sighting: Sighting }
  /** The announcement has ended, by goodbye or because its time ran out. */
  | { kind: "detach"; key: string };

/** Something that sees machines come and go. Sources only attach and detach; what they mean is decided in one place. */
export interface DiscoverySource {
  readonly name: string;
  /** Starts to listen; everything seen so far comes first. The function given back stops it and releases what it holds. */
  attach(listener: (event: SightingEvent) => void): () => void;
  /** What the source has heard so far, as numbers. */
  evidence(): DiscoveryEvidence[];
  /** Resolves once the first round of asking is over, so that an empty list means something. */
  firstRound(): Promise<void>;
}
