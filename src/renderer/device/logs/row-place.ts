/** What is at the top of the view: a row, and how many pixels of it are above the edge. */
export interface RowPlace {
  row: number;
  px: number;
}

/** Rows that can be shown: from `first` to before `end`. */
export interface RowBounds {
  first: number;
  end: number;
}

/** The place so many pixels further down (up when negative), over rows of the heights that they have. */
export function moved(place: RowPlace, byPx: number, heightOf: (row: number) => number, bounds: RowBounds): RowPlace {
  let { row } = place;
  let px = place.px + byPx;
  while (px < 0 && row > bounds.first) {
    row -= 1;
    px += heightOf(row);
  }
  for (let height = heightOf(row); px >= height && row < bounds.end - 1; height = heightOf(row)) {
    row += 1;
    px -= height;
  }
  return { row, px: Math.max(0, px) };
}

/** The place in rows that there are. */
export function within(place: RowPlace, { first, end }: RowBounds): RowPlace {
  if (place.row < first) return { row: first, px: 0 };
  return place.row < end ? place : { row: Math.max(first, end - 1), px: 0 };
}
