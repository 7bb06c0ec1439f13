// One call on one page: the room, the camera, the connection and the page,
// introduced to each other.

import { startHeartbeat } from "../scripts/_heartbeat.ts";
import { clock, dial, fetchPass, keepAwake, keepIn } from "./browser.ts";
import { Capture, type Kind } from "./capture.ts";
import { Connection } from "./media.ts";
import { between, type Totals } from "./quality.ts";
import { Room } from "./room.ts";
import { Silence } from "./silence.ts";
import { Page } from "./ui.ts";
import { viewOf } from "./view.ts";
import type { Snapshot } from "./world.ts";

/** The room takes no more than one report in five seconds. */
const reportEvery = 10_000;

/** How often the connection is looked at. */
const lookEvery = 2000;

/** How long an iPad stays here once the visit is over; its own page goes on saying so. */
const restAfter = 4000;

/** Call is one person's call. */
class Call {
  private readonly capture: Capture;
  private readonly connection: Connection;
  private readonly silence = new Silence();
  private readonly page: Page;
  private readonly room: Room;
  private readonly stayAwake = keepAwake(() => this.room.now.phase !== "over");
  /** The patient's side: nobody touches it, and it is dark until somebody has been let in. */
  private readonly bedside: boolean;
  /** What the person wants on, as far as they are asked. */
  private readonly wish: { [kind in Kind]: boolean } = { audio: true, video: true };
  private lastReport: Totals | undefined;
  private packets = 0;
  private resting = false;

  constructor(private readonly root: HTMLElement) {
    const { as = "", ref = "", ticket = "", signal = "", ward = "", phone = "", rest = "" } = root.dataset;
    this.bedside = as === "device";
    this.capture = new Capture(() => this.captured(), this.bedside);
    this.connection = new Connection(this.capture, (state) => this.room.mediaIs(state));
    this.page = new Page(root, { as, ward, phone }, {
      stream: (audio, video) => this.connection.stream(audio, video),
      pin: (seat) => this.room.pin(seat),
      sawPicture: () => this.room.sawPicture(),
      turn: (kind) => this.wants(kind, !this.wish[kind] || this.capture.trouble(kind) !== ""),
      retry: (kind) => this.wants(kind, true),
      cover: () => this.room.cover(!this.room.now.covered),
      leave: () => this.room.leave(),
      finish: () => this.room.finish(),
      again: () => (this.room.now.end?.kind === "broken" ? window.location.reload() : this.begin()),
    });
    this.room = new Room({
      dial: (ears) => dial(signal, ears),
      ticket: () => fetchPass(ticket, as, ref),
      media: this.connection,
      keep: keepIn(`wardvisit.${as}.${ref}`),
      clock,
      changed: (now) => this.roomChanged(now, rest),
    });
  }

  begin(): void {
    this.room.join();
    void this.open();
  }

  /** watch listens to the machine around the page, and looks at the connection now and then. */
  watch(): void {
    window.setInterval(() => void this.look(), lookEvery);
    window.setInterval(() => void this.report(), reportEvery);
    const woke = (moved: boolean) => {
      this.room.woke(moved);
      this.stayAwake();
      if (this.room.now.phase !== "over") {
        void this.capture.woke();
      }
    };
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && woke(false));
    window.addEventListener("online", () => woke(true));
    const network = (navigator as { connection?: EventTarget }).connection;
    network?.addEventListener?.("change", () => woke(true));
    if (this.bedside) {
      startHeartbeat(); // the ward counts on hearing from its iPads, in a visit most of all
    }
    // A page that comes back out of the browser's cache has a dead call in it.
    window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
  }

  /** expose shows tests and the curious how the call is. It has no secrets. */
  expose(): void {
    Object.defineProperty(window, "wardvisit", {
      get: () => {
        const { phase, people, slots, seated, seat } = this.room.now;
        return Object.freeze({
          state: phase,
          seated,
          seat,
          people,
          slots,
          iceState: this.connection.iceState,
          packets: this.packets,
          sending: { audio: this.capture.isOn("audio"), video: this.capture.isOn("video") },
        });
      },
    });
  }

  private async open(): Promise<void> {
    await this.capture.open();
    this.settle();
  }

  private wants(kind: Kind, on: boolean): void {
    this.wish[kind] = on;
    void this.capture.turn(kind, this.allowed(kind));
  }

  /** allowed says whether a device may be on now. At the bedside only while somebody who was let in is there to be seen. */
  private allowed(kind: Kind): boolean {
    const { phase, people, covered } = this.room.now;
    const company = phase === "admitted" && people.length > 0 && !covered;
    return this.wish[kind] && (!this.bedside || company);
  }

  /** settle switches camera and microphone to what is wished and allowed. */
  private settle(): void {
    for (const kind of ["audio", "video"] as const) {
      if (this.capture.isSwitchedOn(kind) !== this.allowed(kind)) {
        void this.capture.turn(kind, this.allowed(kind));
      }
    }
  }

  private captured(): void {
    const on = { audio: this.capture.isOn("audio"), video: this.capture.isOn("video") };
    void this.connection.send();
    this.room.sends(on.audio, on.video);
    this.page.showSelf({
      on,
      chosen: this.wish,
      trouble: { audio: this.capture.trouble("audio"), video: this.capture.trouble("video") },
      camera: this.capture.track("video"),
    });
  }

  private roomChanged(now: Snapshot, rest: string): void {
    this.page.show(now, viewOf(now, { sign: this.root.dataset.sign === "true" }));
    if (now.phase === "over") {
      this.capture.release();
    } else if (this.bedside) {
      this.settle();
    }
    if (this.bedside && !this.resting && (now.phase === "over" || now.hindrance === "not_started")) {
      this.resting = true; // nobody is going to press anything here
      window.setTimeout(() => window.location.replace(rest), restAfter);
    }
    this.stayAwake();
  }

  /** look notices media that has stopped arriving although the paths seem well. */
  private async look(): Promise<void> {
    const counted = await this.connection.count();
    this.packets = counted?.packets ?? 0;
    if (counted) {
      const remedy = this.silence.heard(counted, expects(this.room.now), clock.now());
      this.room.starves(this.silence.isBad, remedy);
    }
  }

  private async report(): Promise<void> {
    const counted = await this.connection.count();
    if (counted && this.room.now.phase === "admitted") {
      const lacking = this.silence.isBad ? 1 : 0;
      this.room.report({ ...between(this.lastReport, counted), dark: lacking, deaf: lacking });
    }
    this.lastReport = counted;
  }
}

/** expects says whether somebody ought to be heard or seen now. */
function expects(now: Snapshot): boolean {
  return now.people.some(
    (one) =>
      (one.audio || one.video) &&
      !one.reconnecting &&
      !one.covered &&
      !(now.covered && one.role === "patient") &&
      now.slots.some((slot) => slot.seat === one.seat),
  );
}

/** runCall makes a page's call, and begins it. */
export function runCall(root: HTMLElement): void {
  const call = new Call(root);
  call.expose();
  call.watch();
  call.begin();
}
