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

  get matrix(): Locator {
    return this.#page.getByRole("region", { name: "Fit matrix" });
  }

  /** What the matrix says of a board: its cells, and whether they are projected. Null when it has no such row. */
  async fitOf(board: string): Promise<{ cells: string[]; projected: boolean } | null> {
    await this.matrix.getByRole("searchbox", { name: "Find a board" }).fill(board);
    const row = this.matrix.locator("tbody tr").first();
    if ((await row.count()) === 0) return null;
    return {
      cells: (await row.getByRole("cell").allInnerTexts()).map((text) => text.trim()),
      projected: (await row.locator(".projected").count()) > 0,
    };
  }

  /** The one word of the answer. */
  answer(): Promise<string> {
    return this.verdict.getByRole("heading", { level: 1 }).innerText();
  }
}
