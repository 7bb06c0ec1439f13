// The page of a call. Its words and its order are in the template; here they are
// shown, hidden and filled in, and whoever cannot see the page is told.

import { Announcer } from "./announce.ts";
import type { Kind } from "./capture.ts";
import type { Clock } from "./clock.ts";
import { Inviting } from "./inviting.ts";
import { news } from "./news.ts";
import { Options, type Choices } from "./options.ts";
import { Panel, Parts, write } from "./parts.ts";
import { SelfView } from "./selfview.ts";
import { Speakers } from "./speaking.ts";
import { Talk } from "./talk.ts";
import { Tiles, type Faces } from "./tiles.ts";
import type { Stage, View } from "./view.ts";
import { atTheEnd, joiningWords, pathWords, type Place } from "./words.ts";
import type { Snapshot } from "./world.ts";

/** Acts are what the page's buttons do. */
export interface Acts extends Omit<Faces, "refused">, Choices {
  turn(kind: Kind): void;
  retry(kind: Kind): void;
  cover(): void;
  leave(): void;
  finish(): void;
  again(): void;
  write(text: string, done: boolean): boolean;
}

export class Page {
  readonly tiles: Tiles;
  readonly self: SelfView;
  readonly options: Options;
  private readonly parts: Parts;
  private readonly announcer: Announcer;
  private readonly talk: Talk;
  private readonly more: Panel;
  private readonly speakers: Speakers;
  private readonly bedside: boolean;
  private stage: Stage | "" = "";
  private last: View | undefined;

  constructor(
    private readonly root: HTMLElement,
    private readonly place: Place,
    clock: Clock,
    acts: Acts,
  ) {
    const { as, pins, captions, minutes } = root.dataset;
    this.bedside = as === "device";
    this.parts = new Parts(root);
    this.announcer = new Announcer(this.part("announce"));
    this.speakers = new Speakers(clock);
    this.self = new SelfView(root, this.parts, this.bedside);
    this.options = new Options(this.parts, acts, Number(minutes) || 20);
    this.tiles = new Tiles(this.part("faces"), { ...acts, refused: (yes) => this.hush(yes) }, pins === "true");
    const say = (sentences: readonly string[]) => this.announcer.say(sentences);
    this.talk = new Talk(this.parts, clock, { write: acts.write, say }, { bedside: this.bedside, captions: captions === "true" });
    this.more = new Panel(this.part("more"), this.part("more-panel"), () => this.part("more-title"));
    new Inviting(this.parts);
    this.listen(acts);
  }

  /** show draws what the room says. */
  show(now: Snapshot, view: View): void {
    if (view.stage === "over") {
      this.announcer.hush(); // the heading says the rest
    }
    this.announcer.say(news(this.last, view));
    this.name(view);
    this.last = view;
    this.tiles.show(view);
    this.parts.write("joining", now.phase === "joining" ? joiningWords(now, this.place) : "");
    this.title(now, view);
    this.parts.reveal("waiting-first", !view.held);
    this.parts.reveal("waiting-held", view.held);
    this.parts.reveal("unseen-yet", !view.looked);
    this.parts.write("looked", view.looked ? "A member of staff can see and hear you now." : "");
    this.parts.write("said", now.said === "" ? "" : `“${now.said}”`);
    this.parts.reveal("said-box", now.said !== "");
    this.parts.write("path", pathWords(now.media));
    this.part("path").dataset.state = now.media;
    this.parts.write("banner", bannerOf(view, this.bedside));
    this.parts.write("until", view.until);
    this.parts.write("unseen", view.unseen.length === 0 ? "" : "Also here: " + view.unseen.join(", "));
    this.parts.reveal("empty", view.tiles.length === 0);
    this.parts.label("cover", view.covered ? "Uncover" : "Cover", view.covered);
    this.enter(view.stage);
    this.talk.show(now, view); // after, since only what is on the screen can be typed in
  }

  private listen(acts: Acts): void {
    const { parts } = this;
    parts.on("mute", () => acts.turn("audio"));
    parts.on("camera", () => acts.turn("video"));
    parts.on("cover", () => acts.cover());
    parts.on("leave", () => acts.leave());
    // Any touch will do for a browser that wanted one, wherever it lands.
    this.root.addEventListener("click", () => this.part("hear").hidden || this.tiles.play());
    parts.on("again", () => acts.again());
    parts.on("retry-audio", () => acts.retry("audio"));
    parts.on("retry-video", () => acts.retry("video"));
    parts.on("end", () => this.ask(true));
    parts.on("end-no", () => this.ask(false));
    parts.on("end-yes", () => {
      this.ask(false);
      acts.finish();
    });
    this.part("sure").addEventListener("keydown", (event) => event.key === "Escape" && this.ask(false));
  }

  /** name tells who speaks, now and then. */
  private name(view: View): void {
    const speaking = view.tiles.filter((tile) => tile.speaking);
    const seat = this.speakers.heard(speaking[0]?.seat ?? "", view.tiles.length);
    const who = speaking.find((tile) => tile.seat === seat);
    if (who) {
      this.announcer.say([`${who.name} is speaking.`]);
    }
  }

  /** enter changes what is seen, and moves the reader there. */
  private enter(stage: Stage): void {
    if (stage === this.stage) {
      return;
    }
    const first = this.stage === "";
    this.stage = stage;
    this.root.dataset.stage = stage;
    for (const part of this.parts.all("[data-for]")) {
      part.hidden = !(part.dataset.for ?? "").split(" ").includes(stage);
    }
    if (stage !== "call") {
      this.ask(false);
      this.hush(false);
      this.more.shut();
    }
    if (!first) {
      this.part("title").focus({ preventScroll: true });
    }
  }

  /** title says in the page's one heading where the reader is. The words of most places are the template's. */
  private title(now: Snapshot, view: View): void {
    const heading = this.part("title");
    heading.dataset.joining ??= heading.textContent ?? "";
    const words = now.end ? this.end(now.end) : heading.dataset[view.held ? "held" : view.stage];
    write(heading, words ?? "");
  }

  /** end says why it is over, and gives the heading for it. */
  private end(end: NonNullable<Snapshot["end"]>): string {
    const message = atTheEnd(end, this.place);
    this.parts.write("end-text", message.text);
    const again = message.then === "reload" ? "Load the page again" : end.kind === "refused" ? "Try again" : "Go back in";
    this.parts.write("again", message.then === "" ? "" : again);
    return message.heading;
  }

  /** ask asks whether to end the visit for everybody, or stops asking. */
  private ask(asking: boolean): void {
    const sure = this.part("sure");
    if (sure.hidden === !asking) {
      return;
    }
    sure.hidden = !asking;
    for (const other of sure.parentElement?.children ?? []) {
      (other as HTMLElement).inert = asking && other !== sure; // nothing behind a question can be pressed
    }
    this.part(asking ? "end-no" : "end").focus();
  }

  private hush(refused: boolean): void {
    this.parts.reveal("hear", refused);
  }

  private part(name: string): HTMLElement {
    return this.parts.get(name);
  }
}

function bannerOf(view: View, bedside: boolean): string {
  switch (view.mending) {
    case "room":
      return "Reconnecting… You need do nothing.";
    case "update":
      return "The hospital is updating this service. Your visit goes on in a moment. You need do nothing.";
    case "media":
      return "Sound and picture were lost. Getting them back… You need do nothing.";
  }
  if (bedside && view.covered) {
    return "Covered: nobody can see or hear you"; // everybody else sees it on the patient's own place
  }
  return view.narrow ? "Your connection is slow. Others may see you late." : "";
}
