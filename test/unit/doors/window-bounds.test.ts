import { describe, expect, test } from "vitest";
import { placeFor } from "../../../src/main/doors/electron/window-bounds.ts";

const laptop = { x: 0, y: 0, width: 1920, height: 1080 };
const second = { x: 1920, y: -200, width: 2560, height: 1440 };

describe("the place of the window", () => {
  test("is where it was", () => {
    const saved = { x: 2000, y: -100, width: 1400, height: 900, maximized: true };
    expect(placeFor(saved, [laptop, second])).toEqual({
      bounds: { x: 2000, y: -100, width: 1400, height: 900 },
      maximized: true,
    });
  });

  test("is the system's choice when its screen is gone, or too little of its title is on one", () => {
    const size = { width: 1400, height: 900 };
    const place = (x: number, y: number) => placeFor({ x, y, ...size, maximized: false }, [laptop]).bounds;
    expect(place(2000, -100)).toEqual(size);
    expect(place(1801, 0)).toEqual(size);
    expect(place(1800, 0)).toEqual({ x: 1800, y: 0, ...size });
    expect(place(-1280, 0)).toEqual({ x: -1280, y: 0, ...size });
    expect(place(-1281, 0)).toEqual(size);
    expect(place(0, 1041)).toEqual(size);
    expect(place(0, -1)).toEqual(size);
  });

  test("is never smaller than the pages are laid out for", () => {
    expect(placeFor({ x: 0, y: 0, width: 10, height: 10, maximized: false }, [laptop]).bounds).toEqual({
      x: 0,
      y: 0,
      width: 900,
      height: 600,
    });
  });

  test.each([undefined, {}, { x: "0" }, { x: 0, y: 0, width: 100.5, height: 1, maximized: false }])(
    "is a first one when nothing sensible is remembered: %j",
    (saved) => {
      expect(placeFor(saved, [laptop])).toEqual({ bounds: { width: 1280, height: 800 }, maximized: false });
    },
  );
});
