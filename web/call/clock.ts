// Time and chance, handed in so that tests own both.

/** Clock is the time, and things to be done later. */
export interface Clock {
  /** now is in milliseconds; only differences mean anything. */
  now(): number;
  /** after does something once, ms from now, unless the function it returns is called first. */
  after(ms: number, act: () => void): () => void;
  /** chance is a number from 0 up to 1, different each time. */
  chance(): number;
}

/**
 * pause is how long to wait before try number tries (0, 1, 2 …): hardly at all
 * the first time, then doubling to five seconds. Half of each pause is chance:
 * when a server comes back, not every ward should ring in the same instant.
 */
export function pause(tries: number, clock: Clock): number {
  const whole = tries === 0 ? 200 : Math.min(250 * 2 ** tries, 5000);
  return whole / 2 + (whole / 2) * clock.chance();
}

/**
 * knock is how long to wait before knocking again while sound and picture still
 * flow: the server is there, and only the way to its door is not, so every second
 * counts. A try that has itself lasted its while is followed by the next at once.
 */
export function knock(lasted: number, clock: Clock): number {
  const whole = Math.max(200, 1000 - lasted);
  return whole / 2 + (whole / 2) * clock.chance();
}
