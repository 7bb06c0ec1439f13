// Viewing tells the room how large each face is drawn, so that no more is sent
// than can be seen. It waits until a layout has settled, and says nothing twice.

import type { Clock } from "./clock.ts";
import type { Drawn } from "./protocol.ts";
import type { Ease } from "./strain.ts";

/** A window that is being dragged, or a phone that is being turned, comes to rest within this. */
const settles = 300;

/** Sizes are told in steps: a few pixels more or less are another scrollbar, not another picture. */
const step = 16;

/** eased is what a tired machine asks for in place of what it could show: half each way, or a quarter. */
export function eased(slots: readonly Drawn[], ease: Ease): Drawn[] {
  const part = (size: number) => Math.ceil(size / 2 ** ease / step) * step;
  return slots.map(({ slot, width, height }) => ({ slot, width: part(width), height: part(height) }));
}

export class Viewing {
  private told = "";
  private cancel: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly tell: (slots: Drawn[], saving: boolean) => void,
  ) {}

  /** are takes what is drawn now. What pays for its data is told at once. */
  are(slots: Drawn[], saving: boolean): void {
    const now = JSON.stringify([slots, saving]);
    this.cancel?.();
    this.cancel = undefined;
    if (now === this.told) {
      return;
    }
    const say = () => {
      this.cancel = undefined;
      this.told = now;
      this.tell(slots, saving);
    };
    if (this.told === "" || !this.told.endsWith(`${saving}]`)) {
      say();
    } else {
      this.cancel = this.clock.after(settles, say);
    }
  }
}
