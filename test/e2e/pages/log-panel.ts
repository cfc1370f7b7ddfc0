import type { Locator, Page } from "playwright";

/** The logs of a device's page. */
export class LogPanel {
  readonly #page: Page;
  readonly root: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.root = page.getByRole("region", { name: "Logs" });
  }

  get list(): Locator {
    return this.root.getByRole("log", { name: "Log lines" });
  }

  get searchField(): Locator {
    return this.root.getByRole("searchbox", { name: "Search the log" });
  }

  /** `3 of 128`. */
  get hits(): Locator {
    return this.root.getByRole("status", { name: "Hits" });
  }

  get newLines(): Locator {
    return this.root.getByRole("button", { name: /new lines?$/ });
  }

  get foot(): Locator {
    return this.root.locator("footer");
  }

  button(name: string): Locator {
    return this.root.getByRole("button", { name });
  }

  /** The texts of the rows that are in view, top to bottom; those still on their way are empty. */
  async shown(): Promise<string[]> {
    return this.list.evaluate((list) => {
      const view = list.getBoundingClientRect();
      return [...list.querySelectorAll("[data-row]")].flatMap((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        if (bottom <= view.top + 1 || top >= view.bottom - 1) return [];
        return [row.querySelector(".message")?.textContent ?? ""];
      });
    });
  }

  /** The first row in view and how far its top is above the view's edge, in pixels. */
  async top(): Promise<{ row: number; px: number }> {
    return this.list.evaluate((list) => {
      const edge = list.getBoundingClientRect().top;
      for (const row of list.querySelectorAll("[data-row]")) {
        const { top, bottom } = row.getBoundingClientRect();
        if (bottom > edge + 0.5) return { row: Number(row.getAttribute("data-row")), px: Math.round(edge - top) };
      }
      return { row: -1, px: 0 };
    });
  }

  async wheel(px: number): Promise<void> {
    await this.list.hover();
    await this.#page.mouse.wheel(0, px);
  }

  /** As the thumb of the scroll bar does: to a share of the whole way. */
  async drag(share: number): Promise<void> {
    await this.list.evaluate((list, part) => {
      list.scrollTop = (list.scrollHeight - list.clientHeight) * part;
    }, share);
  }
}
