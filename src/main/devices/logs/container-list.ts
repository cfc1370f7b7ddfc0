import type { Container } from "../../../shared/domain/index.ts";
import type { Engine } from "../../engines/index.ts";

/** The list of containers for all that follow logs on a device: asked once, however many want it, and anew after an event. */
export class ContainerList {
  #asked: { engine: Engine; answer: Promise<Container[]> } | null = null;

  /** Something has changed: the next one who asks gets a new list. */
  expire(): void {
    this.#asked = null;
  }

  get(engine: Engine): Promise<Container[]> {
    if (this.#asked?.engine === engine) return this.#asked.answer;
    const asked = { engine, answer: engine.listContainers() };
    this.#asked = asked;
    asked.answer.catch(() => {
      if (this.#asked === asked) this.#asked = null;
    });
    return asked.answer;
  }
}
