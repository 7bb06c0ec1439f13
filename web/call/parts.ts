// The parts of a page's template, by name.

export class Parts {
  private readonly known = new Map<string, HTMLElement>();

  constructor(private readonly root: HTMLElement) {
    root.querySelectorAll<HTMLElement>("[data-part]").forEach((part) => this.known.set(part.dataset.part ?? "", part));
  }

  /** get finds a part. One that this page does without is a stand-in that nobody sees. */
  get(name: string): HTMLElement {
    const known = this.known.get(name);
    if (known) {
      return known;
    }
    const none = document.createElement("div");
    this.known.set(name, none);
    return none;
  }

  /** all finds every element that is marked so, since some things are offered in two places. */
  all<One extends HTMLElement>(mark: string): One[] {
    return [...this.root.querySelectorAll<One>(mark)];
  }

  on(name: string, act: () => void): void {
    this.get(name).addEventListener("click", act);
  }

  write(name: string, text: string): void {
    write(this.get(name), text);
  }

  reveal(name: string, shown: boolean): void {
    this.get(name).hidden = !shown;
  }

  /** label says what a button does next, and shows that what it switches is off. */
  label(name: string, text: string, off: boolean): void {
    const button = this.get(name);
    button.dataset.off = String(off);
    const label = button.querySelector<HTMLElement>("[data-label]");
    if (label) {
      write(label, text);
    }
  }
}

/** write sets text only if it is another, so that nothing is read out twice. */
export function write(at: HTMLElement, text: string): void {
  if (at.textContent !== text) {
    at.textContent = text;
  }
  if (at.hidden !== (text === "")) {
    at.hidden = text === "";
  }
}

/** element makes one with a class. */
export function element(tag: string, name: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}

/** Panel is something that one button opens and closes. */
export class Panel {
  constructor(
    private readonly button: HTMLElement,
    private readonly panel: HTMLElement,
    private readonly first: () => HTMLElement,
    private readonly turned: (open: boolean) => void = () => undefined,
  ) {
    button.addEventListener("click", () => this.turn(!this.open));
    panel.addEventListener("keydown", (event) => event.key === "Escape" && this.turn(false));
    panel.querySelector("[data-close]")?.addEventListener("click", () => this.turn(false));
  }

  get open(): boolean {
    return !this.panel.hidden;
  }

  /** turn opens or closes, and takes the reader along. */
  turn(open: boolean): void {
    if (open === this.open) {
      return;
    }
    this.panel.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    this.turned(open);
    (open ? this.first() : this.button).focus({ preventScroll: true });
  }

  /** shut closes without moving the reader, who is being taken elsewhere. */
  shut(): void {
    if (this.open) {
      this.panel.hidden = true;
      this.button.setAttribute("aria-expanded", "false");
      this.turned(false);
    }
  }
}
