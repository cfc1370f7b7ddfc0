import type { Locator, Page } from "playwright";

/** The wall of devices. */
export class DevicesPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async open(): Promise<void> {
    await this.#page
      .getByRole("navigation")
      .getByRole("link", { name: /^Devices/ })
      .click();
  }

  /** The card of the device of that name. */
  card(name: string): Locator {
    return this.#page.getByRole("article").filter({ has: this.#page.getByRole("heading", { name, exact: true }) });
  }

  /** Agrees to the key of a new device after comparing it, as a person would. */
  async trust(name: string, fingerprint: string): Promise<void> {
    const card = this.card(name);
    await card.getByText(fingerprint).waitFor();
    await card.getByRole("button", { name: "Trust and add" }).click();
  }

  /** Waits until the card of that device has live figures. */
  async whenLive(name: string): Promise<void> {
    await this.card(name)
      .getByText(/^Memory/)
      .first()
      .waitFor();
    await this.card(name)
      .getByText(/ of .*(MiB|GiB)/)
      .first()
      .waitFor();
  }

  async openDevice(name: string): Promise<void> {
    await this.card(name).getByRole("link", { name, exact: true }).click();
  }
}
