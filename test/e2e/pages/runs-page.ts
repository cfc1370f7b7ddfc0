import type { Locator, Page } from "playwright";

/** The history of runs, and the page that compares two sides of it. */
export class RunsPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async open(): Promise<void> {
    await this.#page.getByRole("link", { name: /^Runs/ }).first().click();
    await this.#page.getByRole("region", { name: "Runs" }).waitFor();
  }

  /** The rows of the history: a series is one. */
  get rows(): Locator {
    return this.#page.getByRole("region", { name: "Runs" }).locator("tbody tr");
  }

  async filter(text: string): Promise<void> {
    await this.#page.getByRole("searchbox", { name: /Find a run/ }).fill(text);
  }

  async choose(side: "A" | "B", name: string): Promise<void> {
    await this.#page.getByRole("button", { name: new RegExp(`${name} as side ${side}$`) }).click();
  }

  async compare(): Promise<void> {
    await this.#page.getByRole("region", { name: "Comparison" }).getByRole("button", { name: "Compare" }).click();
    await this.#page.getByRole("region", { name: "Answer" }).waitFor();
  }

  async menu(name: string, entry: string | RegExp): Promise<void> {
    await this.#page.getByRole("button", { name: `More about ${name}` }).click();
    await this.#page.getByRole("menuitem", { name: entry }).click();
  }

  /** The one word of a comparison. */
  answer(): Promise<string> {
    return this.#page.getByRole("region", { name: "Answer" }).getByRole("heading", { level: 1 }).innerText();
  }
}
