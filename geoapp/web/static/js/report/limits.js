/** Limits of the intake form; the server enforces the same ones. */

/** Shortest description that says anything, in code points. */
export const DESCRIPTION_MIN = 10;
/** Longest description, in code points. */
export const DESCRIPTION_MAX = 2000;
/** Longest landmark, in code points. */
export const LANDMARK_MAX = 200;
/** Largest GPS accuracy the API takes, in metres: a position guessed from an address may be worse. */
export const ACCURACY_MAX_M = 100_000;
/** The map counts as resting after this time without movement. */
export const REST_MS = 300;
/** A screen reader hears the answer for a pin that has rested this long. */
export const ANNOUNCE_MS = 600;
