/** Whether the view stays at the end of a log that grows, or where somebody looked, and what has come since. */
export type FollowState = { following: true } | { following: false; seenTo: number };

export const atTheEnd: FollowState = { following: true };

/** Somebody looks back, or wants a pause: the view stays where it is. `end` is what they have seen. */
export function letGo(state: FollowState, end: number): FollowState {
  return state.following ? { following: false, seenTo: end } : state;
}

/** How many rows have come since the view was let go of. */
export function newRows(state: FollowState, end: number): number {
  return state.following ? 0 : Math.max(0, end - state.seenTo);
}
