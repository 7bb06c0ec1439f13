// Room is one person's side of a visit's room: it comes in, keeps its seat
// through lost sockets, lost media and restarted servers, and says at every
// moment what a page should show. It touches no page, no socket and no camera
// of its own: all of them are handed in, so every path here is tested in Node.
//
//	joining ──▶ waiting ◀──▶ held
//	   │           │           │
//	   │           ▼           │
//	   └──────▶ admitted ◀─────┘        each of them ──▶ over
//
// Losing the socket is not a phase: the seat is kept, seated turns false, and
// everything else stays as it was last known until the room says otherwise.

import { afterClose, afterNo, joinPatience, type Fate } from "./fate.ts";
import {
  decode,
  encode,
  version,
  type Drawn,
  type FromServer,
  type Join,
  type Standing,
  type Stats,
  type ToServer,
} from "./protocol.ts";
import { Pulse } from "./pulse.ts";
import { Repair, type MediaState } from "./repair.ts";
import type { Remedy } from "./silence.ts";
import { alone, nothing, told, well, written } from "./told.ts";
import { Wire } from "./wire.ts";
import { TurnedAway, type End, type Snapshot, type World } from "./world.ts";

/** For so long nothing at all must come for the socket to be doubted as well, in ms. */
const quietTooLong = 750;

/** A socket beside the old one that fails is followed by another after this. */
const besideEvery = 300;

export class Room {
  private state: Snapshot = nothing;
  private readonly repair: Repair;
  private readonly pulse: Pulse;
  private wire: Wire | undefined;
  /** Dialled while the old one may yet live. Whichever says something first is kept. */
  private spare: Wire | undefined;
  private dialledAt = 0;
  /** For how long nothing at all has come. */
  private quiet = 0;
  /** This machine has changed networks, and nothing has come since. */
  private moved = false;
  /** Counts dials. Whatever answers to an earlier one comes too late. */
  private turn = 0;
  private sending = { audio: false, video: false };
  /** What the room was told of it when we came in. */
  private stated = this.sending;
  private secret: string;
  /** What the room was asked for, and must be asked for again once it has forgotten us. */
  private favourite = "";
  private seen: (ToServer & { type: "view" }) | undefined;
  /** The next written words are all of them, and not more of them. */
  private replay = true;
  private offers = 0;
  private badTickets = 0;
  /** True while the peer connection could go on without a new offer. */
  private mediaKept = false;
  private admittedAt: number | undefined;
  private firstPicture = 0;
  private timers: { [name in "join" | "again" | "beside"]?: () => void } = {};

  constructor(private readonly world: World) {
    this.secret = world.keep.load();
    this.repair = new Repair(world.clock, { restart: () => this.restart(), renew: () => this.dial(true) });
    this.pulse = new Pulse(world.clock, {
      ask: (n) => this.tell({ type: "ping", n }),
      late: () => this.beside(),
      dead: () => this.lost(1006),
    });
  }

  get now(): Snapshot {
    return this.state;
  }

  /** join comes in. It may be called again after a refusal that is over, to try once more. */
  join(): void {
    this.update({ phase: "joining", end: undefined, hindrance: "", tries: 0 });
    this.badTickets = 0;
    this.dial(true);
  }

  /** leave goes for good: the seat is not held. */
  leave(): void {
    this.tell({ type: "leave" });
    this.over({ kind: "ended", reason: "left" });
  }

  /** sends says whether microphone and camera are on. */
  sends(audio: boolean, video: boolean): void {
    if (audio !== this.sending.audio || video !== this.sending.video) {
      this.sending = { audio, video };
      this.tell({ type: "state", audio, video });
    }
  }

  /** pin asks that somebody always has one of our slots; "" for nobody. */
  pin(seat: string): void {
    const was = this.pinned();
    this.update({ pinned: seat });
    this.tellPin(was);
  }

  /** look asks to be shown somebody who waits; "" for nobody. Only staff may. */
  look(seat: string): void {
    this.tell({ type: "look", seat });
  }

  /** favours asks the same for whoever matters most while nobody is pinned: somebody who signs. */
  favours(seat: string): void {
    const was = this.pinned();
    this.favourite = seat;
    this.tellPin(was);
  }

  /** views says how large each slot is drawn, and whether pictures are wanted at all. */
  views(slots: Drawn[], saving: boolean): void {
    this.seen = { type: "view", slots, saving };
    this.tell(this.seen);
  }

  /** writes sends written words, and says whether there was somebody to send them to. */
  writes(text: string, done: boolean): boolean {
    const heard = this.state.seated && this.state.phase === "admitted";
    if (heard) {
      this.tell({ type: "line", text, done });
    }
    return heard;
  }

  /** cover stops the patient's picture and sound, or lets them go on. The room says when it is so. */
  cover(covered: boolean): void {
    this.tell({ type: "cover", covered });
  }

  /** finish ends the visit for everybody. */
  finish(): void {
    this.tell({ type: "finish" });
  }

  /** report sends a summary of the call's quality. */
  report(stats: Omit<Stats, "first">): void {
    this.tell({ type: "stats", ...stats, first: this.firstPicture });
  }

  /** sawPicture tells that a remote picture was drawn. The first after being admitted is what people wait for. */
  sawPicture(): void {
    if (this.admittedAt !== undefined && this.firstPicture === 0) {
      this.firstPicture = Math.max(1, Math.round(this.world.clock.now() - this.admittedAt));
    }
  }

  /** mediaIs tells how the peer connection is. */
  mediaIs(media: MediaState): void {
    if (this.state.phase !== "over" && media !== this.state.media) {
      this.update({ media });
      this.repair.media(media);
      if (media === "down") {
        this.doubt(false);
      }
    }
  }

  /** hears tells for how long nothing at all has come: then the socket is asked, which shares the network. */
  hears(quiet: number): void {
    this.quiet = quiet;
    if (quiet >= quietTooLong && !this.pulse.isTrusted) {
      this.doubt(false);
    }
  }


  /** starves tells that sound and picture stopped coming although the paths seem well, and what to do about it. */
  starves(starved: boolean, remedy: Remedy): void {
    if (starved !== this.state.starved) {
      this.update({ starved });
    }
    if (remedy === "restart") {
      this.repair.moved();
    } else if (remedy === "renew") {
      this.dial(true);
    }
  }

  /** woke tells that the page can be seen again, or that there is a network again. */
  woke(movedNetwork: boolean): void {
    if (this.state.phase === "over") {
      return;
    }
    if (this.state.seated) {
      if (movedNetwork) {
        this.moved = true;
        this.forgetSpare(); // it was dialled by the network that was
      }
      this.doubt(movedNetwork);
    } else if (this.state.hindrance === "" && (movedNetwork || this.timers.again)) {
      this.forgetSpare();
      this.dial(!this.mediaKept);
    }
  }

  // ---- coming in ----

  private dial(freshMedia: boolean): void {
    this.hangUp();
    const turn = this.turn;
    const stale = this.moved || this.quiet >= quietTooLong;
    this.moved = false;
    const wire = this.spare ?? new Wire(this.world.dial);
    this.spare = undefined;
    this.wire = wire;
    this.dialledAt = this.world.clock.now();
    this.timers.join = this.world.clock.after(this.patience(freshMedia), () => this.lost(1006));
    let opened = false;
    let letter: Join | undefined;
    const post = () => {
      if (opened && letter && turn === this.turn) {
        this.stated = this.sending;
        wire.send(encode({ ...letter, ...this.stated }));
        if (letter.sdp === undefined) {
          this.repair.resumes(stale);
        }
      }
    };
    wire.heeds({
      opened: () => {
        opened = true;
        post();
      },
      heard: (text) => this.hear(text),
      closed: (code, reason) => this.lost(code, reason),
    });
    this.write(freshMedia).then(
      (join) => {
        letter = join;
        post();
      },
      (err: unknown) => {
        if (turn === this.turn) {
          err instanceof TurnedAway ? this.turnedAway(err) : this.lost(1006);
        }
      },
    );
  }

  /** beside dials while the old socket may yet answer: the network that has come may be another. */
  private beside(): void {
    if (this.state.seated && this.pulse.isDoubted && !this.spare) {
      this.spare = new Wire(this.world.dial);
      this.spare.heeds({
        opened: () => this.dial(!this.mediaKept),
        heard: () => undefined,
        closed: () => {
          this.spare = undefined;
          this.timers.beside = this.world.clock.after(besideEvery, () => this.beside());
        },
      });
    }
  }

  /** doubt asks whether the socket lives. surely: it probably does not. */
  private doubt(surely: boolean): void {
    if (this.state.seated) {
      this.pulse.doubt(surely);
    }
  }

  /** flows reports whether sound and picture go on, whatever has become of the socket. */
  private get flows(): boolean {
    return this.mediaKept && this.state.media === "up" && !this.state.starved && this.quiet < quietTooLong;
  }

  private patience(freshMedia: boolean): number {
    return joinPatience({ seated: this.secret !== "" && !freshMedia, flows: this.flows, tries: this.state.tries, trip: this.pulse.trip });
  }

  /** write makes the first frame. Only a socket that was lost alone needs neither ticket nor offer. */
  private async write(freshMedia: boolean): Promise<Join> {
    const frame = { type: "join", v: version } as const;
    if (!freshMedia && this.secret !== "") {
      return { ...frame, resume: this.secret, ...this.sending };
    }
    const turn = this.turn;
    this.mediaKept = false;
    const pass = await this.world.ticket();
    if (turn !== this.turn) {
      throw new Error("too late"); // a later dial has the connection now
    }
    const sdp = await this.world.media.offer(pass);
    const seat = this.secret === "" ? { ticket: pass.ticket } : { resume: this.secret };
    return { ...frame, ...seat, sdp, ...this.sending };
  }

  /** hangUp forgets the socket, and everything that was to happen because of it. */
  private hangUp(): void {
    this.turn++;
    this.wire?.close();
    this.wire = undefined;
    this.pulse.ends();
    for (const cancel of Object.values(this.timers)) {
      cancel();
    }
    this.timers = {};
    this.repair.parted();
    if (this.state.seated) {
      this.update({ seated: false });
    }
  }

  private lost(code: number, reason = ""): void {
    const lasted = this.world.clock.now() - this.dialledAt;
    this.suffer(afterClose(code, reason, { tries: this.state.tries, flows: this.flows, lasted }, this.world.clock));
  }

  private turnedAway(no: TurnedAway): void {
    this.badTickets = no.code === "bad_ticket" ? this.badTickets + 1 : 0;
    this.suffer(afterNo(no, this.badTickets, this.world.clock));
  }

  private suffer(fate: Fate): void {
    if ("end" in fate) {
      this.over(fate.end);
      return;
    }
    this.hangUp();
    if (fate.anew) {
      this.remember("");
    }
    this.update({ tries: this.state.tries + 1, hindrance: fate.hindrance });
    this.timers.again = this.world.clock.after(fate.again, () => this.dial(!this.mediaKept));
  }

  private remember(secret: string): void {
    this.secret = secret;
    this.world.keep.save(secret);
    if (secret === "") {
      this.mediaKept = false; // another seat has another connection
    }
  }

  // ---- being there ----

  private hear(text: string): void {
    const frame = decode(text);
    switch (frame?.type) {
      case "welcome":
        this.welcomed(frame);
        break;
      case "answer":
        if (frame.seq === this.offers) {
          this.repair.answered();
          this.answered(frame.sdp);
        }
        break;
      case "standing":
        this.stand(frame.standing);
        break;
      case "ended":
        this.over({ kind: "ended", reason: frame.reason });
        break;
      case "refused":
        this.refused(frame.code, frame.frame);
        break;
      case "pong":
        this.ponged(frame.n);
        break;
      case "lines":
        this.update({ lines: written(this.replay ? [] : this.state.lines, frame.lines) });
        this.replay = false;
        break;
      default:
        if (frame) {
          this.update(told(frame));
        }
    }
  }

  private welcomed(frame: FromServer & { type: "welcome" }): void {
    this.timers.join?.();
    this.badTickets = 0;
    this.secret = frame.resume;
    this.world.keep.save(frame.resume);
    this.update({ seated: true, hindrance: "", tries: 0, seat: frame.seat, role: frame.role });
    this.stand(frame.standing);
    this.update({ sparing: false });
    if (frame.sdp !== "") {
      this.mediaKept = true;
      this.update({ trouble: well }); // whatever did not arrive, it did not arrive of another connection
      this.answered(frame.sdp);
    }
    if (this.stated !== this.sending) {
      this.tell({ type: "state", ...this.sending }); // a camera that came between our asking and the answer
    }
    if (this.seen) {
      this.tell(this.seen);
    }
    this.tellPin("");
    this.pulse.begins();
    this.repair.welcomed();
  }

  private pinned(): string {
    return this.state.pinned === "" ? this.favourite : this.state.pinned;
  }

  private tellPin(was: string): void {
    const seat = this.pinned();
    if (seat !== was) {
      this.tell({ type: "pin", seat });
    }
  }

  private stand(standing: Standing): void {
    this.replay = true;
    if (standing !== "admitted") {
      this.admittedAt = undefined;
      this.update({ ...alone, phase: standing, locked: false });
    } else if (this.state.phase !== "admitted") {
      this.admittedAt = this.world.clock.now();
      this.firstPicture = 0;
      this.update({ phase: standing, said: "", looked: false });
    }
  }

  private answered(sdp: string): void {
    const turn = this.turn;
    this.world.media.answer(sdp).catch(() => {
      if (turn === this.turn) {
        this.dial(true);
      }
    });
  }

  private restart(): void {
    const turn = this.turn;
    const seq = ++this.offers;
    this.world.media.restart().then(
      (sdp) => {
        if (turn === this.turn && seq === this.offers) {
          this.wire?.send(encode({ type: "offer", seq, sdp })); // it may follow a join that is still to be answered
        }
      },
      () => turn === this.turn && this.dial(true),
    );
  }

  private refused(code: string, frame: string): void {
    if (frame === "join") {
      this.turnedAway(new TurnedAway(code));
    } else if (frame === "offer") {
      code === "too_soon" ? this.repair.tooSoon() : this.dial(true);
    }
  }

  private over(end: End): void {
    this.hangUp();
    this.forgetSpare();
    this.remember("");
    this.world.media.close();
    this.update({ phase: "over", end, media: "none", ...alone, trouble: well, lines: [] });
  }

  /** ponged keeps the old socket, which lives. What does not come meanwhile needs new paths. */
  private ponged(n: number): void {
    if (this.pulse.answers(n)) {
      this.forgetSpare();
      if (this.moved && this.quiet > 0) {
        this.repair.moved();
      }
      this.moved = false;
    }
  }

  private forgetSpare(): void {
    const spare = this.spare;
    this.spare = undefined;
    spare?.close();
    this.timers.beside?.();
  }

  private tell(frame: ToServer): void {
    if (this.state.seated) {
      this.wire?.send(encode(frame));
    }
  }

  private update(change: Partial<Snapshot>): void {
    this.state = { ...this.state, ...change };
    this.world.changed(this.state);
  }
}
