// Announcer reads sentences out to whoever cannot see the page, one after the
// other: a screen reader drops what is replaced too soon.

/** Long enough for a screen reader to have taken a sentence up. */
const apart = 1200;

/** More than this many waiting sentences are older than they are useful. */
const mostWaiting = 6;

export class Announcer {
  private queue: string[] = [];
  private reading = false;

  constructor(private readonly log: HTMLElement) {}

  say(sentences: readonly string[]): void {
    this.queue.push(...sentences);
    this.queue = this.queue.slice(-mostWaiting);
    if (!this.reading) {
      this.read();
    }
  }

  /** hush forgets what was still to be read out: it is not so any more. */
  hush(): void {
    this.queue = [];
    this.log.replaceChildren();
  }

  private read(): void {
    const sentence = this.queue.shift();
    this.reading = sentence !== undefined;
    if (sentence !== undefined) {
      const line = document.createElement("p");
      line.textContent = sentence;
      this.log.replaceChildren(line);
      window.setTimeout(() => this.read(), apart);
    }
  }
}
