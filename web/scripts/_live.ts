// A page that keeps itself up to date. The server says only that something has
// changed; the page then fetches itself and takes over what is different, so
// that what is shown live is exactly what a reload would show.

/** What the server says of the moment. */
export interface Look {
  serial: number;
  minute: number;
  build: string;
  shows?: string;
}

/** The server sends at least one look a minute; silence for longer is a dead line. */
const silence = 90_000;

/** How long after a failed try to connect again. */
const again = 3_000;

/** Follows a stream for as long as the page is open. */
export class Stream {
  private source: EventSource | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private heard = Date.now();

  constructor(
    private readonly url: string,
    private readonly on: { look(look: Look): void; live(): void; lost(): void; refused(): void },
  ) {
    this.open();
    setInterval(() => {
      if (Date.now() - this.heard > silence) {
        this.open();
      }
    }, 10_000);
    // A tablet that slept has a line that looks alive and is not.
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") {
        this.open();
      }
    });
    addEventListener("online", () => this.open());
    addEventListener("pagehide", () => this.source?.close());
    addEventListener("pageshow", (e) => {
      if (e.persisted) {
        this.open();
      }
    });
  }

  /** Connects anew, whatever there was. */
  open(): void {
    clearTimeout(this.retry);
    this.source?.close();
    this.heard = Date.now();
    const source = new EventSource(this.url);
    this.source = source;
    source.addEventListener("open", () => {
      this.heard = Date.now();
      this.on.live();
    });
    source.addEventListener("look", (e) => {
      this.heard = Date.now();
      this.on.look(JSON.parse((e as MessageEvent<string>).data) as Look);
    });
    source.addEventListener("gone", () => this.on.refused());
    source.addEventListener("error", () => {
      this.on.lost();
      if (source.readyState === EventSource.CLOSED) {
        // Refused, which the browser takes for final: signed out, perhaps.
        this.on.refused();
        this.retry = setTimeout(() => this.open(), again);
      }
    });
  }
}

/** Fetches a page; undefined when there is no connection. */
export async function fetchPage(url: string): Promise<{ response: Response; page: Document } | undefined> {
  try {
    const response = await fetch(url, { headers: { Accept: "text/html" }, cache: "no-store" });
    return { response, page: new DOMParser().parseFromString(await response.text(), "text/html") };
  } catch {
    return undefined;
  }
}

/** Knows when somebody is about to press something, so that nothing moves then. */
export class Hands {
  private down = false;
  private last = 0;

  constructor() {
    addEventListener("pointerdown", () => this.touched(true), true);
    for (const name of ["pointerup", "pointercancel"]) {
      addEventListener(name, () => this.touched(false), true);
    }
    addEventListener("scroll", () => (this.last = Date.now()), { passive: true, capture: true });
  }

  private touched(down: boolean): void {
    this.down = down;
    this.last = Date.now();
  }

  /** Whether the page may change now. */
  free(): boolean {
    const typing = document.activeElement?.matches("input, select, textarea") ?? false;
    return !this.down && !typing && Date.now() - this.last > 700;
  }

  /** Resolves when the page may change. */
  async wait(): Promise<void> {
    while (!this.free()) {
      await new Promise((done) => setTimeout(done, 200));
    }
  }
}

function keyOf(node: Node): string | undefined {
  return node instanceof Element ? node.getAttribute("data-key") ?? undefined : undefined;
}

/**
 * Makes have like want, keeping every element that is still there: the focus,
 * the scroll position and whatever is open stay. Elements with a data-key are
 * told apart by it; others by their place.
 */
export function morph(have: Element, want: Element): void {
  const focused = document.activeElement;
  const keys = keysAround(focused, have);
  update(have, want);
  if (focused !== document.activeElement && document.activeElement === document.body) {
    refocus(have, keys);
  }
}

/** The keys of an element and of what it is in, the closest first. */
export function keysAround(element: Element | null, within: Element): string[] {
  const keys: string[] = [];
  for (let at = element; at && at !== within && within.contains(at); at = at.parentElement) {
    const key = keyOf(at);
    if (key !== undefined) {
      keys.push(key);
    }
  }
  return keys;
}

/**
 * Puts the focus back where it was, or, if that is gone, on what it was in. Something
 * that cannot take the focus by itself hands it to the first thing to press in it.
 */
export function refocus(within: Element, keys: string[]): void {
  for (const key of keys) {
    const kept = within.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    const target = kept?.matches("a, button, [tabindex]") ? kept : kept?.querySelector<HTMLElement>("a, button");
    if (target) {
      target.focus({ preventScroll: true });
      return;
    }
  }
}

function update(have: Element, want: Element): void {
  for (const { name } of Array.from(have.attributes)) {
    if (!want.hasAttribute(name) && name !== "open") {
      have.removeAttribute(name);
    }
  }
  for (const { name, value } of Array.from(want.attributes)) {
    if (have.getAttribute(name) !== value) {
      have.setAttribute(name, value);
    }
  }
  updateChildren(have, want);
}

function updateChildren(have: Element, want: Element): void {
  const keyed = new Map<string, Element>();
  for (const child of Array.from(have.children)) {
    const key = keyOf(child);
    if (key !== undefined) {
      keyed.set(key, child);
    }
  }
  let at: ChildNode | null = have.firstChild;
  for (const wanted of Array.from(want.childNodes)) {
    const kept = keptFor(wanted, at, keyed);
    if (!kept) {
      have.insertBefore(document.importNode(wanted, true), at);
      continue;
    }
    if (kept === at) {
      at = at.nextSibling;
    } else {
      have.insertBefore(kept, at);
    }
    if (kept instanceof Element) {
      update(kept, wanted as Element);
    } else if (kept.nodeValue !== wanted.nodeValue) {
      kept.nodeValue = wanted.nodeValue;
    }
  }
  while (at) {
    const gone: ChildNode = at;
    at = at.nextSibling;
    gone.remove();
  }
}

/** The node of ours that a wanted one should become, if there is one. */
function keptFor(wanted: Node, at: ChildNode | null, keyed: Map<string, Element>): ChildNode | undefined {
  const key = keyOf(wanted);
  if (key !== undefined) {
    const kept = keyed.get(key);
    return kept?.nodeName === wanted.nodeName ? kept : undefined;
  }
  return at && at.nodeName === wanted.nodeName && keyOf(at) === undefined ? at : undefined;
}
