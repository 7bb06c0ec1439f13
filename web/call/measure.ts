// Measure knows how large each face is really drawn, in the screen's own pixels:
// nothing while it is scrolled away or the page is out of sight.

import type { Drawn } from "./protocol.ts";

export class Measure {
  private readonly boxes = new Map<number, HTMLElement>();
  private readonly away = new Set<Element>();
  private readonly sizes: ResizeObserver | undefined;
  private readonly sights: IntersectionObserver | undefined;

  /** changed is told that something may be drawn in another size. */
  constructor(private readonly changed: () => void) {
    if (typeof ResizeObserver === "function") {
      this.sizes = new ResizeObserver(() => this.changed());
    }
    if (typeof IntersectionObserver === "function") {
      this.sights = new IntersectionObserver((entries) => {
        for (const entry of entries) {
          entry.isIntersecting ? this.away.delete(entry.target) : this.away.add(entry.target);
        }
        this.changed();
      });
    }
    document.addEventListener("visibilitychange", () => this.changed());
    window.addEventListener("resize", () => this.changed()); // a window on another screen has other pixels
  }

  /** watch begins to measure a slot by the box that its picture has, whether there is one just now or not. */
  watch(slot: number, box: HTMLElement): void {
    this.boxes.set(slot, box);
    this.sizes?.observe(box);
    this.sights?.observe(box);
  }

  /** drawn is every slot that is on the screen. */
  drawn(): Drawn[] {
    if (document.visibilityState !== "visible") {
      return [];
    }
    const pixels = window.devicePixelRatio || 1;
    const drawn: Drawn[] = [];
    for (const [slot, box] of this.boxes) {
      const { clientWidth, clientHeight } = box;
      if (clientWidth > 0 && clientHeight > 0 && !this.away.has(box)) {
        drawn.push({ slot, width: Math.round(clientWidth * pixels), height: Math.round(clientHeight * pixels) });
      }
    }
    return drawn;
  }
}
