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

  /** The charts, lanes and what leads them, as one thing that takes keys. */
  get charts(): Locator {
    return this.#page.getByRole("application", { name: /^Charts of/ });
  }

  /** What is said of the view: how much of the run it shows, or how far behind it is. */
  get hint(): Locator {
    return this.#page.getByRole("toolbar", { name: "View" }).locator(".run-hint");
  }

  get events(): Locator {
    return this.#page.getByRole("list", { name: "Events" });
  }

  /** The figures and lines of what is marked or in view. */
  get span(): Locator {
    return this.#page.getByRole("region", { name: "Span", exact: true });
  }

  get logLines(): Locator {
    return this.span.getByRole("list", { name: "Lines" }).getByRole("listitem");
  }

  tool(name: "Pause" | "Resume" | "Zoom in" | "Zoom out" | "Show all" | "Zoom to the marked span"): Locator {
    return this.#page.getByRole("toolbar", { name: "View" }).getByRole("button", { name, exact: true });
  }

  /** Peak, moment and p95 of a service in the span, as they stand in the table. */
  async figuresOf(service: string): Promise<string[]> {
    const row = this.span.getByRole("row").filter({ hasText: service });
    return (await row.getByRole("cell").allInnerTexts()).slice(1).map((text) => text.trim());
  }

  /** Where a share of the plot is on the screen. */
  async pointAt(share: number): Promise<{ x: number; y: number }> {
    const box = await this.charts.boundingBox();
    if (box === null) throw new Error("The charts are not in view.");
    return { x: box.x + 50 + share * (box.width - 130), y: box.y + 120 };
  }

  /** Marks a part of the plot with the pointer. */
  async drag(fromShare: number, toShare: number): Promise<void> {
    const [from, to] = [await this.pointAt(fromShare), await this.pointAt(toShare)];
    await this.#page.mouse.move(from.x, from.y);
    await this.#page.mouse.down();
    await this.#page.mouse.move(to.x, to.y, { steps: 5 });
    await this.#page.mouse.up();
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
