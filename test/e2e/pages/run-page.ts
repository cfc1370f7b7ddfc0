import type { Locator, Page } from "playwright";

/** A run while it measures, and its verdict. */
export class RunPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get cancel(): Locator {
    return this.#page.getByRole("button", { name: /Cancel/ });
  }

  get verdict(): Locator {
    return this.#page.getByRole("region", { name: "Verdict" });
  }

  /** The one word of the answer. */
  answer(): Promise<string> {
    return this.verdict.getByRole("heading", { level: 1 }).innerText();
  }
}
