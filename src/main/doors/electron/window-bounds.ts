import * as z from "zod";

const rectangleSchema = z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int() });
export type Rectangle = z.infer<typeof rectangleSchema>;

/** Where the window was when it was closed, in screen pixels. */
export const windowPlaceSchema = rectangleSchema.extend({ maximized: z.boolean() });
export type WindowPlace = z.infer<typeof windowPlaceSchema>;

/** The least that every page is laid out for. */
export const smallestWindow = { width: 900, height: 600 };
const firstWindow = { width: 1280, height: 800 };
/** So much of the title bar must be on a screen for a person to be able to drag it. */
const gripWidth = 120;
const gripHeight = 40;

/** Where to open the window: where it was, unless that place is on no screen any more; then the system chooses. */
export function placeFor(
  saved: unknown,
  screens: readonly Rectangle[],
): { bounds: { width: number; height: number } | Rectangle; maximized: boolean } {
  const parsed = windowPlaceSchema.safeParse(saved);
  if (!parsed.success) return { bounds: firstWindow, maximized: false };
  const { maximized, ...was } = parsed.data;
  const size = {
    width: Math.max(was.width, smallestWindow.width),
    height: Math.max(was.height, smallestWindow.height),
  };
  const visible = screens.some((screen) => isGripOn(screen, { ...was, ...size }));
  return { bounds: visible ? { x: was.x, y: was.y, ...size } : size, maximized };
}

function isGripOn(screen: Rectangle, window: Rectangle): boolean {
  const width = Math.min(window.x + window.width, screen.x + screen.width) - Math.max(window.x, screen.x);
  const height = Math.min(window.y + gripHeight, screen.y + screen.height) - Math.max(window.y, screen.y);
  return width >= gripWidth && height >= gripHeight;
}
