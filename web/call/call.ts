// One call on one page: the room, the camera, the connection and the page,
// introduced to each other.

import type { Expected } from "./absence.ts";
import { stayPaired } from "./bedside.ts";
import { clock, dial, fetchPass, keepAwake, keepIn } from "./browser.ts";
import { Capture, kinds, type Kind } from "./capture.ts";
import { eased, Viewing } from "./drawn.ts";
import { remembered } from "./economy.ts";
import type { From } from "./layers.ts";
import { Life } from "./life.ts";
import { Connection } from "./media.ts";
import { Room } from "./room.ts";
import { Page } from "./ui.ts";
import { awaits, signer, viewOf, type Occasion } from "./view.ts";
import { allWell, Watch, type Findings } from "./watch.ts";
import type { Snapshot } from "./world.ts";

/** The room takes no more than one report in five seconds. */
const reportEvery = 10_000;

/** How often the connection is looked at, and how often it is listened to: whoever loses the network must not lose a second more. */
const lookEvery = 1000;
const listenEvery = 250;

/** After this long of nothing every moment may be the one to do something. */
const listenAnxiously = 1500;

/** How long an iPad stays here once the visit is over; its own page goes on saying so. */
const restAfter = 4000;

/** Call is one person's call. */
class Call {
  private readonly capture: Capture;
  private readonly connection: Connection;
  private readonly watcher = new Watch();
  private readonly life = new Life();
  private readonly viewing: Viewing;
  private readonly page: Page;
  private readonly room: Room;
  private readonly stayAwake = keepAwake(() => this.room.now.phase !== "over");
  /** The patient's side: nobody touches it, and it is dark until somebody has been let in. */
  private readonly bedside: boolean;
  private readonly sign: boolean;
  /** What the person wants on, as far as they are asked. */
  private readonly wish: { [kind in Kind]: boolean } = { audio: true, video: true };
  private saving: boolean;
  private found: Findings = allWell;
  private resting = false;
  private reporting = false;

  constructor(private readonly root: HTMLElement) {
    const { as = "", ref = "", ticket = "", signal = "", ward = "", phone = "" } = root.dataset;
    this.bedside = as === "device";
    this.sign = root.dataset.sign === "true";
    this.saving = !this.bedside && remembered.load();
    this.capture = new Capture(() => this.captured(), this.bedside);
    this.connection = new Connection(this.capture, (state) => this.room.mediaIs(state), fromOf(as, this.sign));
    this.viewing = new Viewing(clock, (slots, saving) => this.room.views(slots, saving));
    this.page = new Page(root, { as, ward, phone }, clock, {
      stream: (audio, video) => this.connection.stream(audio, video),
      pin: (seat) => this.room.pin(seat),
      sawPicture: () => this.room.sawPicture(),
      sized: () => this.views(),
      turn: (kind) => this.turn(kind),
      retry: (kind) => this.retry(kind),
      save: (saving) => this.save(saving),
      choose: (kind, id) => void this.capture.choose(kind, id),
      write: (text, done) => this.room.writes(text, done),
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
      changed: (now) => this.roomChanged(now),
    });
  }

  begin(): void {
    this.page.options.saves(this.saving);
    this.shape();
    this.views();
    this.room.join();
    void this.open();
  }

  /** watch listens to the machine around the page, and looks at the connection now and then. */
  watch(): void {
    window.setInterval(() => void this.look(), lookEvery);
    window.setInterval(() => void this.listen(), listenEvery);
    window.setInterval(() => void this.report(), reportEvery);
    const woke = (moved: boolean) => {
      if (moved) {
        this.connection.moved();
      }
      this.room.woke(moved);
      this.stayAwake();
      if (this.room.now.phase !== "over") {
        void this.capture.woke();
      }
    };
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && woke(false));
    window.addEventListener("online", () => woke(true));
    const network = (navigator as { connection?: EventTarget }).connection;
    network?.addEventListener?.("change", () => woke(false)); // also when it has only become slower
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.listDevices());
    if (this.bedside) {
      stayPaired();
    }
    // A page that comes back out of the browser's cache has a dead call in it.
    window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
  }

  /** expose shows tests and the curious how the call is. It has no secrets. */
  expose(): void {
    Object.defineProperty(window, "wardvisit", {
      get: () => {
        const { phase, people, slots, seated, seat, speaking } = this.room.now;
        return Object.freeze({
          state: phase,
          seated,
          seat,
          people,
          slots,
          speaking,
          iceState: this.connection.iceState,
          packets: this.found.packets,
          sending: { audio: this.capture.isOn("audio"), video: this.capture.isOn("video") },
          found: this.found,
          drawn: this.page.tiles.drawn(),
          read: () => this.connection.read(),
        });
      },
    });
  }

  private async open(): Promise<void> {
    if (this.saving) {
      await this.capture.turn("video", false); // so that it is not even asked for
    }
    await this.capture.open();
    this.settle();
  }

  private turn(kind: Kind): void {
    if (kind === "video" && this.saving) {
      this.wish.video = true;
      this.save(false); // whoever switches the camera on has chosen
      return;
    }
    this.wish[kind] = !this.wish[kind] || this.capture.trouble(kind) !== "";
    void this.capture.turn(kind, this.allowed(kind));
  }

  /** retry asks for a device that is not there, or anew for one of which nothing comes. */
  private retry(kind: Kind): void {
    this.wish[kind] = true;
    void (this.capture.isOn(kind) ? this.capture.renew(kind) : this.capture.turn(kind, this.allowed(kind)));
  }

  /** save begins or ends using less data: no picture, neither way. */
  private save(saving: boolean): void {
    this.saving = saving;
    remembered.save(saving);
    this.page.options.saves(saving);
    this.shape();
    this.settle();
    this.views();
    this.show();
    this.showSelf();
  }

  /** allowed says whether a device may be on now. At the bedside only while somebody who was let in is there to be seen. */
  private allowed(kind: Kind): boolean {
    const { phase, people, covered } = this.room.now;
    const company = phase === "admitted" && people.length > 0 && !covered;
    const paid = kind === "audio" || !this.saving;
    return this.wish[kind] && paid && (!this.bedside || company);
  }

  /** settle switches camera and microphone to what is wished and allowed. */
  private settle(): void {
    for (const kind of kinds) {
      if (this.capture.isSwitchedOn(kind) !== this.allowed(kind)) {
        void this.capture.turn(kind, this.allowed(kind));
      }
    }
  }

  private captured(): void {
    void this.connection.send();
    this.room.sends(this.capture.isOn("audio"), this.capture.isOn("video"));
    this.showSelf();
    this.listDevices();
  }

  private showSelf(): void {
    const { trouble } = this.room.now;
    this.page.self.show({
      on: { audio: this.capture.isOn("audio"), video: this.capture.isOn("video") },
      chosen: this.wish,
      trouble: { audio: this.capture.trouble("audio"), video: this.capture.trouble("video") },
      lack: { audio: trouble.audio, video: trouble.video || (this.found.ownBlack ? "black" : "") },
      saving: this.saving,
      camera: this.capture.track("video"),
    });
  }

  private listDevices(): void {
    void this.page.options.devices({ audio: this.capture.track("audio"), video: this.capture.track("video") });
  }

  private occasion(): Occasion {
    const { dark, deaf, narrow } = this.found;
    return { sign: this.sign, as: this.root.dataset.as ?? "", saving: this.saving, zone: this.root.dataset.zone ?? "", narrow, dark, deaf };
  }

  private show(): void {
    this.page.show(this.room.now, viewOf(this.room.now, this.occasion()));
  }

  private views(): void {
    this.viewing.are(eased(this.page.tiles.drawn(), this.found.showEase), this.saving);
  }

  private roomChanged(now: Snapshot): void {
    this.show();
    this.showSelf();
    this.beReporter(now);
    if (now.phase === "over") {
      this.capture.release();
    } else if (this.bedside) {
      this.settle();
    }
    if (this.bedside && !this.resting && (now.phase === "over" || now.hindrance === "not_started")) {
      this.resting = true; // nobody is going to press anything here
      // An iPad that another has taken over from is in no visit, and none has ended.
      const swapped = now.end?.kind === "ended" && now.end.reason === "swapped";
      const rest = this.root.dataset.rest ?? "";
      window.setTimeout(() => window.location.replace(swapped ? rest.replace(/\?.*$/, "") : rest), restAfter);
    }
    this.stayAwake();
    // Last, since it may make the room say that it has changed.
    this.room.favours(signer(now, this.sign));
  }

  /** beReporter switches camera and microphone off for somebody who is here to type: keys are loud. */
  private beReporter(now: Snapshot): void {
    if (now.role === "reporter" && !this.reporting) {
      this.reporting = true;
      this.wish.audio = this.wish.video = false;
      this.settle();
    }
  }

  /** listen notices that nothing at all comes any more, although something should. */
  private async listen(): Promise<void> {
    if (this.room.now.slots.every((slot) => slot.seat === "")) {
      this.room.hears(0); // there is nobody to be missed
      return;
    }
    const quiet = await this.life.look(this.connection.played(), () => this.connection.read(), clock.now());
    if (quiet === 0) {
      this.connection.flows();
    }
    this.room.hears(quiet);
    if (quiet >= listenAnxiously) {
      await this.look();
    }
  }

  /** look notices what ought to come and does not, and what this machine cannot keep up with. */
  private async look(): Promise<void> {
    const entries = await this.connection.read();
    if (!entries) {
      return;
    }
    const now = clock.now();
    const { tiles, self } = this.page;
    this.found = this.watcher.look({
      entries,
      midOf: (track) => this.connection.midOf(track),
      expected: this.expected(),
      black: tiles.black(now),
      ownBlack: this.capture.isOn("video") && self.black(now),
      now,
    });
    if (this.found.remedy !== "") {
      this.connection.fell();
    }
    this.room.starves(this.found.starved, this.found.remedy);
    this.shape();
    this.views();
    this.show();
    this.showSelf();
  }

  /** shape has no more sent than this machine, the networks at both ends and this person's purse allow. */
  private shape(): void {
    const { sendEase, narrow } = this.found;
    void this.connection.shape({ ease: sendEase, saving: this.saving, sparing: narrow || this.room.now.sparing });
  }

  /** expected is what should be coming now. Out of sight a browser draws nothing, and nothing is missed. */
  private expected(): Expected[] {
    const { now } = this.room;
    const seen = document.visibilityState === "visible";
    return now.slots.map((slot) => {
      const { sound, picture } = awaits(slot, now, this.occasion());
      const video = picture && seen ? slot.video : "";
      return { slot: slot.slot, seat: slot.seat, audio: sound ? slot.audio : "", video, lost: this.isLost(slot.slot) };
    });
  }

  /** isLost says whether whoever is in a slot has lost the room. */
  private isLost(slot: number): boolean {
    const { slots, people } = this.room.now;
    const seat = slots.find((one) => one.slot === slot)?.seat;
    return people.some((one) => one.seat === seat && one.reconnecting);
  }

  private async report(): Promise<void> {
    const entries = await this.connection.read();
    if (entries) {
      const quality = this.watcher.report(entries, clock.now());
      if (this.room.now.phase === "admitted") {
        const ours = (slots: readonly number[]) => slots.filter((slot) => !this.isLost(slot)).length;
        this.room.report({ ...quality, dark: ours(this.found.dark), deaf: ours(this.found.deaf) });
      }
    }
  }
}

/** fromOf says what somebody's picture is worth. */
function fromOf(as: string, sign: boolean): From {
  if (as === "interpreter") {
    return sign ? "hands" : "phone";
  }
  return as === "device" ? "bed" : "phone";
}

/** runCall makes a page's call, and begins it. */
export function runCall(root: HTMLElement): void {
  const call = new Call(root);
  call.expose();
  call.watch();
  call.begin();
}
