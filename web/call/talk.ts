// Written words in a call: messages, for whoever cannot hear or speak; captions,
// large under the picture; and the field in which a reporter types them.

import type { Clock } from "./clock.ts";
import { arrived, captions, lastOf, messages, unread } from "./lines.ts";
import { element, Panel, write, type Parts } from "./parts.ts";
import type { Line } from "./protocol.ts";
import type { View } from "./view.ts";
import type { Snapshot } from "./world.ts";
import { Captions, cut } from "./writing.ts";

/** A message that has not come back by then was not heard. */
const echoPatience = 4000;

/** A message stands on the screen at the bed for as long as a slow reader needs. */
const standsFor = 60_000;

/** Writes is what words go through; false is that there is nobody to hear them now. */
export interface Writes {
  write(text: string, done: boolean): boolean;
  say(sentences: readonly string[]): void;
}

export class Talk {
  private readonly panel: Panel;
  private readonly typing: Captions;
  private readonly drawn = new Map<number, HTMLElement>();
  private lines: readonly Line[] = [];
  private self = "";
  private read = 0;
  private pending: { after: number; cancel(): void } | undefined;
  private captioning: boolean;
  private told = false;
  private inCall = false;
  /** At the bed: the message that stands on the screen until it has been read. */
  private standing: Line | undefined;
  private rest: (() => void) | undefined;

  constructor(
    private readonly parts: Parts,
    private readonly clock: Clock,
    private readonly writes: Writes,
    private readonly at: { readonly bedside: boolean; readonly captions: boolean },
  ) {
    this.captioning = at.captions;
    this.panel = new Panel(parts.get("write"), parts.get("talk"), () => this.field, () => this.count());
    this.typing = new Captions(clock, (text, done) => writes.write(text, done));
    parts.get("talk-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    onEnter(this.field, () => this.send());
    parts.on("captions", () => {
      this.captioning = !this.captioning;
      this.drawCaptions();
    });
    const report = this.report;
    onEnter(report, () => {
      if (this.typing.end(report.value)) {
        report.value = "";
      }
    });
    report.addEventListener("input", () => {
      const kept = this.typing.typed(report.value);
      if (kept !== report.value) {
        report.value = kept;
      }
    });
  }

  /** show draws what has been written. */
  show(now: Snapshot, view: View): void {
    const reporter = now.role === "reporter";
    const inCall = view.stage === "call";
    this.self = now.seat;
    this.parts.reveal("write", !reporter);
    this.parts.reveal("reporter", reporter && inCall);
    this.parts.reveal("captions", view.captioned && !reporter);
    if (reporter && inCall && !this.inCall) {
      this.captioning = true;
      this.report.focus();
    }
    this.inCall = inCall;
    if (!inCall) {
      this.panel.shut();
    }
    if (view.captioned && !this.captioning && !this.told) {
      this.told = true;
      this.writes.say(["Somebody types what is said. Press Captions to read it."]);
    }
    if (now.lines !== this.lines) {
      this.take(now.lines);
    }
    this.drawCaptions();
  }

  private get field(): HTMLTextAreaElement {
    return this.parts.get("talk-field") as HTMLTextAreaElement;
  }

  private get report(): HTMLTextAreaElement {
    return this.parts.get("reporter-field") as HTMLTextAreaElement;
  }

  private take(lines: readonly Line[]): void {
    const news = arrived(this.lines, lines, this.self);
    const last = messages(lines).filter((line) => line.seat !== this.self).pop();
    const fresh = news.length > 0;
    this.lines = lines;
    if (fresh && !this.panel.open) {
      this.writes.say(news);
    }
    if (fresh && last && this.at.bedside) {
      this.stand(last);
    }
    this.drawMessages();
    this.echoed();
    this.count();
  }

  private drawMessages(): void {
    const log = this.parts.get("talk-log");
    const wanted = messages(this.lines);
    for (const [n, item] of this.drawn) {
      if (!wanted.some((line) => line.n === n)) {
        item.remove();
        this.drawn.delete(n);
      }
    }
    for (const line of wanted) {
      const item = this.drawn.get(line.n) ?? this.item(line.n);
      fill(item, line.seat === this.self ? "You" : line.name, line.text);
      item.classList.toggle("wv-talk__line--own", line.seat === this.self);
    }
    this.parts.reveal("talk-none", wanted.length === 0);
    const past = log.parentElement;
    if (past) {
      past.scrollTop = past.scrollHeight;
    }
  }

  private item(n: number): HTMLElement {
    const item = element("li", "wv-talk__line");
    this.parts.get("talk-log").append(item);
    this.drawn.set(n, item);
    return item;
  }

  /** count says on the button how much is new, unless it is being read. */
  private count(): void {
    if (this.panel.open) {
      this.read = lastOf(this.lines);
    } else if (lastOf(this.lines) < this.read) {
      this.read = 0; // the room has begun anew, and so have its numbers
    }
    const fresh = unread(this.lines, this.read, this.self);
    this.parts.write("unread", fresh === 0 ? "" : `${fresh} new`);
  }

  private send(): void {
    const words = cut(this.field.value.replace(/\s+/g, " ").trim());
    if (words === "" || this.pending) {
      return;
    }
    const note = (text: string) => this.parts.write("talk-note", text);
    if (!this.writes.write(words, true)) {
      note("Not sent: the connection is lost. It comes back by itself. Then send it again.");
      return;
    }
    note("");
    this.field.readOnly = true;
    const cancel = this.clock.after(echoPatience, () => {
      this.pending = undefined;
      this.field.readOnly = false;
      note("Not sent. Try again.");
    });
    this.pending = { after: lastOf(this.lines), cancel };
  }

  /** echoed finds our own message among what the room says was written: only then has it been. */
  private echoed(): void {
    const { pending } = this;
    if (pending && messages(this.lines).some((line) => line.seat === this.self && line.n > pending.after)) {
      pending.cancel();
      this.pending = undefined;
      this.field.readOnly = false;
      this.field.value = "";
    }
  }

  /** stand shows a message at the bed, where nobody opens anything. */
  private stand(line: Line): void {
    this.rest?.();
    this.standing = line;
    this.rest = this.clock.after(standsFor, () => {
      this.standing = undefined;
      this.drawCaptions();
    });
  }

  private drawCaptions(): void {
    const shown: Line[] = this.captioning ? [...captions(this.lines)] : [];
    const button = this.parts.get("captions");
    button.setAttribute("aria-pressed", String(this.captioning));
    if (this.standing && !this.panel.open) {
      shown.push(this.standing);
    }
    const box = this.parts.get("words");
    box.hidden = shown.length === 0 || !this.inCall;
    while (box.children.length > shown.length) {
      box.lastElementChild?.remove();
    }
    shown.forEach((line, i) => {
      const item = (box.children[i] as HTMLElement | undefined) ?? box.appendChild(element("p", "wv-words__line"));
      fill(item, line.kind === "chat" ? line.name : "", line.text);
      item.setAttribute("aria-hidden", String(!line.done)); // half a word is not read out
    });
  }
}

/** fill writes who and what, each in its own direction: an Arabic name does not turn an English sentence round. */
function fill(item: HTMLElement, who: string, text: string): void {
  const name = item.querySelector<HTMLElement>("bdi") ?? item.appendChild(element("bdi", "wv-talk__who"));
  const words = item.querySelector<HTMLElement>("span") ?? item.appendChild(element("span", "wv-talk__text"));
  words.dir = "auto";
  write(name, who);
  write(words, text);
}

/**
 * onEnter acts in place of a new line. It hears of the line and not of the key: a
 * keyboard on glass does not name its keys, and with another Enter a word is
 * chosen in Chinese or Japanese.
 */
function onEnter(field: HTMLElement, act: () => void): void {
  field.addEventListener("beforeinput", (event) => {
    if (event.inputType === "insertLineBreak" || event.inputType === "insertParagraph") {
      event.preventDefault();
      act();
    }
  });
}
