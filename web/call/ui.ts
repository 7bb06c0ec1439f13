// The page of a call. Its words and its order are in the template; here they are
// shown, hidden and filled in, and whoever cannot see the page is told.

import type { Kind } from "./capture.ts";
import { Tiles, write, type Faces } from "./tiles.ts";
import type { Trouble } from "./trouble.ts";
import { news, type Stage, type View } from "./view.ts";
import { atTheEnd, joiningWords, pathWords, troubleWords, type Place } from "./words.ts";
import type { Snapshot } from "./world.ts";

/** Acts are what the page's buttons do. */
export interface Acts extends Omit<Faces, "refused"> {
  turn(kind: Kind): void;
  retry(kind: Kind): void;
  cover(): void;
  leave(): void;
  finish(): void;
  again(): void;
}

/** Self is one's own camera and microphone. */
export interface Self {
  /** What is on. */
  readonly on: { readonly [kind in Kind]: boolean };
  /** What the person chose, which is not always to be had. */
  readonly chosen: { readonly [kind in Kind]: boolean };
  readonly trouble: { readonly [kind in Kind]: Trouble };
  readonly camera: MediaStreamTrack | undefined;
}

export class Page {
  private readonly tiles: Tiles;
  private readonly parts = new Map<string, HTMLElement>();
  private readonly bedside: boolean;
  private stage: Stage | "" = "";
  private last: View | undefined;
  /** Sentences not yet read out: a screen reader drops what is replaced too soon. */
  private queue: string[] = [];
  private reading = false;

  constructor(
    private readonly root: HTMLElement,
    private readonly place: Place,
    acts: Acts,
  ) {
    this.bedside = root.dataset.as === "device";
    root.querySelectorAll<HTMLElement>("[data-part]").forEach((part) => this.parts.set(part.dataset.part ?? "", part));
    this.tiles = new Tiles(this.part("faces"), { ...acts, refused: (yes) => this.hush(yes) }, root.dataset.pins === "true");
    this.on("mute", () => acts.turn("audio"));
    this.on("camera", () => acts.turn("video"));
    this.on("cover", () => acts.cover());
    this.on("leave", () => acts.leave());
    // Any touch will do for a browser that wanted one, wherever it lands.
    root.addEventListener("click", () => this.part("hear").hidden || this.tiles.play());
    this.on("again", () => acts.again());
    this.on("retry-audio", () => acts.retry("audio"));
    this.on("retry-video", () => acts.retry("video"));
    this.on("end", () => this.ask(true));
    this.on("end-no", () => this.ask(false));
    this.on("end-yes", () => {
      this.ask(false);
      acts.finish();
    });
    this.part("sure").addEventListener("keydown", (event) => event.key === "Escape" && this.ask(false));
  }

  /** show draws what the room says. */
  show(now: Snapshot, view: View): void {
    if (view.stage === "over") {
      // Whatever was still to be read out is not so any more: the heading says the rest.
      this.queue = [];
      this.part("announce").replaceChildren();
    }
    this.say(news(this.last, view));
    this.last = view;
    this.tiles.show(view);
    this.write("joining", now.phase === "joining" ? joiningWords(now, this.place) : "");
    this.title(now, view);
    this.reveal("waiting-first", !view.held);
    this.reveal("waiting-held", view.held);
    this.write("said", now.said === "" ? "" : `“${now.said}”`);
    this.reveal("said-box", now.said !== "");
    this.write("path", pathWords(now.media));
    this.part("path").dataset.state = now.media;
    this.write("banner", bannerOf(view, this.bedside));
    this.write("unseen", view.unseen.length === 0 ? "" : "Also here: " + view.unseen.join(", "));
    this.reveal("empty", view.tiles.length === 0);
    this.label("cover", view.covered ? "Uncover" : "Cover", view.covered);
    this.enter(view.stage);
  }

  /** showSelf draws one's own camera and microphone. */
  showSelf(self: Self): void {
    for (const kind of ["audio", "video"] as const) {
      this.write("trouble-" + kind, troubleWords(kind, self.trouble[kind], this.bedside));
      this.reveal("trouble-box-" + kind, self.trouble[kind] !== "");
    }
    const off = (kind: Kind) => !self.chosen[kind] || self.trouble[kind] !== "";
    this.label("mute", off("audio") ? "Unmute" : "Mute", off("audio"));
    this.label("camera", off("video") ? "Camera on" : "Camera off", off("video"));
    this.root.dataset.sending = String(self.on.audio || self.on.video);
    this.write("on-air", onAir(self));
    const preview = this.parts.get("self");
    if (preview instanceof HTMLVideoElement) {
      showTrack(preview, self.on.video ? self.camera : undefined);
    }
    this.write("self-note", self.on.video ? "" : "Your camera is off");
  }

  /** say reads sentences out, one after the other. */
  say(sentences: readonly string[]): void {
    this.queue.push(...sentences);
    if (!this.reading) {
      this.read();
    }
  }

  private read(): void {
    const sentence = this.queue.shift();
    this.reading = sentence !== undefined;
    if (sentence !== undefined) {
      const log = this.part("announce");
      const line = document.createElement("p");
      line.textContent = sentence;
      log.replaceChildren(line);
      window.setTimeout(() => this.read(), 1200);
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
    this.root.querySelectorAll<HTMLElement>("[data-for]").forEach((part) => {
      part.hidden = !(part.dataset.for ?? "").split(" ").includes(stage);
    });
    if (stage !== "call") {
      this.ask(false);
      this.hush(false);
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
    this.write("end-text", message.text);
    const again = message.then === "reload" ? "Load the page again" : end.kind === "refused" ? "Try again" : "Go back in";
    this.write("again", message.then === "" ? "" : again);
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
    this.reveal("hear", refused);
  }

  /** label says what a button does next, and shows that what it switches is off. */
  private label(name: string, text: string, off: boolean): void {
    const button = this.part(name);
    button.dataset.off = String(off);
    const label = button.querySelector<HTMLElement>("[data-label]");
    if (label) {
      write(label, text);
    }
  }

  private on(name: string, act: () => void): void {
    this.part(name).addEventListener("click", act);
  }

  private write(name: string, text: string): void {
    write(this.part(name), text);
  }

  private reveal(name: string, shown: boolean): void {
    this.part(name).hidden = !shown;
  }

  /** part finds a part of the template. One that this page does without is a stand-in that nobody sees. */
  private part(name: string): HTMLElement {
    const known = this.parts.get(name);
    if (known) {
      return known;
    }
    const none = document.createElement("div");
    this.parts.set(name, none);
    return none;
  }
}

function bannerOf(view: View, bedside: boolean): string {
  switch (view.mending) {
    case "room":
      return "Reconnecting… You need do nothing.";
    case "media":
      return "Sound and picture were lost. Getting them back… You need do nothing.";
    default:
      // Everybody else sees it on the patient's own place.
      return bedside && view.covered ? "Covered: nobody can see or hear you" : "";
  }
}

function onAir(self: Self): string {
  if (self.on.audio && self.on.video) {
    return "Camera and sound are on";
  }
  if (self.on.audio) {
    return "Sound is on, camera is off";
  }
  return self.on.video ? "Camera is on, sound is off" : "Camera and sound are off";
}

/** showTrack shows a camera in a video element, or nothing. */
export function showTrack(video: HTMLVideoElement, track: MediaStreamTrack | undefined): void {
  const shown = video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks()[0] : undefined;
  video.hidden = track === undefined;
  if (shown !== track) {
    video.srcObject = track ? new MediaStream([track]) : null;
    if (track) {
      video.play().catch(() => undefined); // muted, so only a page that is being left refuses
    }
  }
}
