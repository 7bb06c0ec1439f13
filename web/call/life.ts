// Life is whether anything at all still comes of the room. A room never falls
// wholly silent: when nobody speaks and no camera is on it still reports, several
// times a second, what it gets of us. So a second of nothing is a network that is
// gone, long before the browser says so, whereas sound alone may well rest.

import { number, type Entry } from "./reading.ts";

/** arrived counts every byte that has come: sound, picture, and the room's reports of ours. Browsers tell it in different places. */
export function arrived(report: readonly Entry[]): number {
  const sum = (type: string) =>
    report.filter((one) => one.type === type).reduce((bytes, one) => bytes + number(one, "bytesReceived"), 0);
  return sum("transport") || sum("candidate-pair") || sum("inbound-rtp");
}

export class Life {
  private played = "";
  private bytes = -1;
  private since: number | undefined;

  /**
   * look says for how many ms nothing has come. played is what was played last:
   * while that changes, which costs nothing to see, the statistics are not read.
   */
  async look(played: string, read: () => Promise<readonly Entry[] | undefined>, now: number): Promise<number> {
    if (played !== "" && played !== this.played) {
      this.played = played;
      return this.lives();
    }
    const report = await read();
    const bytes = report ? arrived(report) : -1;
    if (bytes <= 0 || bytes !== this.bytes) {
      this.bytes = bytes; // what has not begun yet has not stopped either
      return this.lives();
    }
    this.since ??= now;
    return now - this.since;
  }

  private lives(): number {
    this.since = undefined;
    return 0;
  }
}
