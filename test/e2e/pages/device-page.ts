import type { Locator, Page } from "playwright";

/** One device: its charts, containers and logs. */
export class DevicePage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get containers(): Locator {
    return this.#page.getByRole("region", { name: "Containers" });
  }

  get logs(): Locator {
    return this.#page.getByRole("region", { name: "Logs" });
  }

  /** The row of a container by its service. */
  row(service: string): Locator {
    return this.containers.getByRole("row").filter({ has: this.#page.getByRole("button", { name: service }) });
  }

  /** The numbers at the end of the log lines that are in view, top to bottom. */
  async lineNumbers(pattern: RegExp): Promise<number[]> {
    const text = await this.logs.innerText();
    return [...text.matchAll(pattern)].map((match) => Number(match[1]));
  }
}
