import type { Page } from "playwright";

/** The flow from a file to a run. */
export class StackPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async openSample(): Promise<void> {
    await this.#page
      .getByRole("navigation", { name: "Main" })
      .getByRole("link", { name: /^Stacks/ })
      .click();
    await this.#page.getByRole("link", { name: "Try the sample" }).click();
    await this.#page.getByRole("region", { name: "Source" }).getByText("services:").first().waitFor();
  }

  async openFile(file: string): Promise<void> {
    await this.#page
      .getByRole("navigation", { name: "Main" })
      .getByRole("link", { name: /^Stacks/ })
      .click();
    await this.#page.getByLabel("Stack file or folder").fill(file);
    await this.#page.getByRole("button", { name: "Open", exact: true }).click();
  }

  async chooseModel(name: string): Promise<void> {
    await this.#page.getByRole("checkbox", { name: new RegExp(name) }).check();
  }

  async measureFor(label: string): Promise<void> {
    await this.#page.getByRole("button", { name: label, exact: true }).click();
  }

  async run(): Promise<void> {
    await this.#page.getByRole("button", { name: /^Run/ }).click();
  }
}
