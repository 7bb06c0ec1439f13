// The network check: whether a visit will work here. It asks for the camera
// first, since browsers hide some paths until they may use it; then it tries this
// machine and every path beside each other, and ends in one verdict.

import { Capture, type Kind } from "./capture.ts";
import { clockFinding, judge, lineOf, pathFinding, type Outcome, type Path } from "./check-judge.ts";
import { askTheTime, judgeTLS, tryLine, tryPath } from "./check-paths.ts";
import { isBlack } from "./check-senses.ts";
import { Listening } from "./listening.ts";
import { write } from "./parts.ts";
import { here } from "./trouble.ts";
import { showTrack } from "./selfview.ts";
import { troubleWords, type Finding } from "./words.ts";

/** A camera has shown by then what it sees; some begin in the dark. */
const lookAfter = 2500;

class NetworkCheck {
  private readonly capture = new Capture(() => this.captured());
  private readonly listening: Listening;
  private readonly base: string;
  private readonly paths: readonly Path[];
  private readonly doors: { [path: string]: string } = {};
  private found: { [path in Path]?: Outcome } = {};
  private watched: MediaStreamTrack | undefined;
  /** Counts checks. What an earlier one still finds comes too late. */
  private turn = 0;

  constructor(private readonly root: HTMLElement) {
    this.listening = new Listening(this.capture, this.part("level") as HTMLMeterElement, (found) => this.find("microphone", found));
    this.base = this.line.value;
    const rows = Array.from(root.querySelectorAll<HTMLElement>("[data-path]"));
    this.paths = rows.map((row) => row.dataset.path as Path);
    for (const row of rows) {
      this.doors[row.dataset.path ?? ""] = `${row.dataset.door ?? ""} (${row.dataset.path ?? ""})`;
    }
    this.part("without").hidden = true; // this script runs, so they need not be told
    this.part("start").hidden = false;
    this.part("copy").hidden = false;
    this.on("start", () => void this.start());
    this.on("again", () => void this.start());
    this.on("copy", () => void this.copy());
    // A camera left on behind another page is a surprise; this page only ever tries it.
    window.addEventListener("pagehide", () => this.capture.release());
    window.addEventListener("pageshow", (event) => {
      if (event.persisted && this.turn > 0) {
        void this.start();
      }
    });
  }

  private async start(): Promise<void> {
    const turn = ++this.turn;
    this.root.dataset.state = "trying";
    this.found = {};
    this.watched = undefined;
    this.part("before").hidden = true;
    this.part("results").hidden = false;
    this.part("again").hidden = true;
    this.tell("", "Checking…", "Please stay on this page. It takes less than a minute.", []);
    this.part("verdict").focus();
    this.begin();
    // Leave to use the camera comes first: see above.
    await this.capture.open();
    if (turn !== this.turn) {
      return;
    }
    this.captured();
    const allowed = this.capture.track("video") !== undefined || this.capture.track("audio") !== undefined;
    await Promise.all([this.place(turn), ...this.paths.filter((path) => path !== "page").map((path) => this.try(turn, path, allowed))]);
    if (turn === this.turn) {
      this.conclude();
    }
  }

  /** begin says of every row that it is being tried. */
  private begin(): void {
    const capable = here() === "";
    this.find("browser", capable ? { state: "good", text: "Your browser can make video calls." } : { state: "bad", text: troubleWords("video", here()) });
    this.find("camera", { state: "trying", text: "Starting your camera…" });
    this.listening.begin();
    for (const row of ["clock", ...this.paths]) {
      this.find(row, { state: "trying", text: "Trying…" });
    }
    this.progress();
  }

  /** place reaches for the hospital's pages, and compares clocks. */
  private async place(turn: number): Promise<void> {
    const hour = await askTheTime();
    if (turn === this.turn) {
      this.find("clock", clockFinding(hour.offset));
      this.came("page", hour.reached && window.isSecureContext ? "through" : "blocked");
    }
  }

  private async try(turn: number, path: Path, allowed: boolean): Promise<void> {
    let outcome: Outcome = "blocked";
    if (path === "socket") {
      outcome = await tryLine(this.root.dataset.signal ?? "");
    } else if (here() !== "unsupported") {
      outcome = await tryPath(path, allowed);
    }
    if (turn === this.turn) {
      this.came(path, outcome);
    }
  }

  private came(path: Path, outcome: Outcome): void {
    this.found[path] = outcome;
    this.find(path, pathFinding(path, outcome));
    this.progress();
  }

  private progress(): void {
    const bar = this.part("progress") as HTMLProgressElement;
    bar.max = this.paths.length;
    bar.value = Object.keys(this.found).length;
    bar.hidden = bar.value >= bar.max;
  }

  /** conclude says what it all means. */
  private conclude(): void {
    const tls = this.found["relay-tls"];
    if (tls !== undefined) {
      this.came("relay-tls", judgeTLS(tls, this.root.dataset.shares === "true", this.found.page ?? "blocked"));
    }
    const devices = { camera: this.capture.track("video") !== undefined, microphone: this.capture.track("audio") !== undefined };
    const verdict = judge(this.found, here() === "", devices);
    this.tell(verdict.state, verdict.heading, verdict.text, verdict.next);
    this.part("again").hidden = false;
    const when = new Date().toLocaleString("en-GB", { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
    this.line.value = `${this.base}\n${lineOf(this.found, this.doors, when)}`;
    this.root.dataset.state = verdict.state;
  }

  private tell(state: string, heading: string, text: string, next: readonly string[]): void {
    const box = this.part("verdict");
    box.classList.toggle("wv-verdict--good", state === "good");
    box.classList.toggle("wv-verdict--slow", state === "slow");
    box.classList.toggle("wv-verdict--bad", state === "bad");
    write(this.part("verdict-heading"), heading);
    write(this.part("verdict-text"), text);
    const list = this.part("verdict-next");
    list.hidden = next.length === 0;
    list.replaceChildren(
      ...next.map((one) => {
        const item = document.createElement("li");
        item.textContent = one;
        return item;
      }),
    );
  }

  private captured(): void {
    if (this.turn === 0) {
      return;
    }
    this.camera();
    this.listening.captured();
  }

  private camera(): void {
    const track = this.capture.track("video");
    const video = this.part("preview") as HTMLVideoElement;
    showTrack(video, track);
    this.part("preview-box").hidden = track === undefined;
    if (!track) {
      this.trouble("camera", "video");
    } else if (this.watched !== track) {
      this.watched = track;
      this.find("camera", { state: "good", text: "Your camera works. This is how you will look." });
      window.setTimeout(() => this.lookAt(track, video), lookAfter);
    }
  }

  /** lookAt sees whether the camera shows more than black. */
  private lookAt(track: MediaStreamTrack, video: HTMLVideoElement): void {
    if (this.watched === track && this.capture.track("video") === track && isBlack(video)) {
      this.find("camera", { state: "bad", text: "Your camera is on, but its picture is black. Check that nothing covers it, and that no other app is using it." });
    }
  }

  private async copy(): Promise<void> {
    this.line.select();
    try {
      await navigator.clipboard.writeText(this.line.value);
      write(this.part("copied"), "Copied.");
    } catch {
      write(this.part("copied"), "The words are marked: copy them from the menu of your browser.");
    }
  }

  private trouble(name: string, kind: Kind): void {
    const trouble = this.capture.trouble(kind);
    if (trouble !== "") {
      this.find(name, { state: "bad", text: troubleWords(kind, trouble) });
    }
  }

  private find(name: string, { state, text }: Finding): void {
    const row = this.part(name);
    row.dataset.state = state;
    row.classList.toggle("wv-check--trying", state === "trying");
    row.classList.toggle("wv-check--good", state === "good");
    row.classList.toggle("wv-check--bad", state === "bad");
    write(this.part(name + "-words"), text);
  }

  private on(name: string, act: () => void): void {
    this.part(name).addEventListener("click", act);
  }

  private get line(): HTMLTextAreaElement {
    return this.part("line") as HTMLTextAreaElement;
  }

  private part(name: string): HTMLElement {
    const part = this.root.querySelector<HTMLElement>(`[data-part="${name}"]`);
    if (!part) {
      throw new Error(`the page has no ${name}`);
    }
    return part;
  }
}

/** runNetworkCheck makes a page's check. It begins when it is asked to: a browser's question about the camera should not come first. */
export function runNetworkCheck(root: HTMLElement): void {
  new NetworkCheck(root);
}
