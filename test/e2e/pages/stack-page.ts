import type { Locator, Page } from "playwright";

/** The flow from a file to a run. */
export class StackPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** The tree of the files of the stack. */
  get files(): Locator {
    return this.#page.getByRole("navigation", { name: "Files of the stack" });
  }

  /** The lines of the file that is shown. */
  get code(): Locator {
    return this.#page.getByRole("list", { name: "Lines" });
  }

  get findings(): Locator {
    return this.#page.getByRole("list", { name: "Findings" });
  }

  async view(name: "Source" | "Budgets" | "Graph"): Promise<void> {
    await this.#page.getByRole("group", { name: "View" }).getByRole("button", { name, exact: true }).click();
  }

  /** Drops files on the window, as a person does from another program. */
  async drop(files: readonly { name: string; text: string }[]): Promise<void> {
    await this.#page.evaluate((given) => {
      const dataTransfer = new DataTransfer();
      for (const { name, text } of given) dataTransfer.items.add(new File([text], name));
      for (const type of ["dragover", "drop"]) {
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
      }
    }, files);
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

  /** Asks a scanner about the images. */
  async scan(): Promise<void> {
    await this.#page.getByRole("checkbox", { name: "Scan" }).check();
  }

  async measureFor(label: string): Promise<void> {
    await this.#page.getByRole("button", { name: label, exact: true }).click();
  }

  async run(): Promise<void> {
    await this.#page.getByRole("button", { name: /^Run/ }).click();
  }
}
