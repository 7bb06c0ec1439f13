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

import { afterClose, afterNo, type Fate } from "./fate.ts";
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
import { Repair, type MediaState } from "./repair.ts";
import type { Remedy } from "./silence.ts";
import { alone, nothing, told, well, written } from "./told.ts";
import { TurnedAway, type End, type Snapshot, type Socket, type World } from "./world.ts";

/** A join that has not been answered by then never will be: the server allows ten seconds to join. */
const joinPatience = 12_000;

/** The server hears of a lost phone within 12 s; a page should know no later. */
const pingEvery = 4000;
const pongPatience = 5000;
/** After waking up, or on a new network, the old socket is probably dead. */
const hurriedPatience = 2000;

export class Room {
  private state: Snapshot = nothing;
  private readonly repair: Repair;
  private socket: Socket | undefined;
  /** Counts dials. Whatever answers to an earlier one comes too late. */
  private turn = 0;
  private sending = { audio: false, video: false };
  private secret: string;
  /** What the room was asked for, and must be asked for again once it has forgotten us. */
  private favourite = "";
  private seen: (ToServer & { type: "view" }) | undefined;
  /** The next written words are all of them, and not more of them. */
  private replay = true;
  private offers = 0;
  private pings = 0;
  private badTickets = 0;
  /** True while the peer connection could go on without a new offer. */
  private mediaKept = false;
  private admittedAt: number | undefined;
  private firstPicture = 0;
  private timers: { [name in "join" | "again" | "ping" | "pong"]?: () => void } = {};

  constructor(private readonly world: World) {
    this.secret = world.keep.load();
    this.repair = new Repair(world.clock, { restart: () => this.restart(), renew: () => this.dial(true) });
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
      this.ping(hurriedPatience);
      if (movedNetwork) {
        this.repair.moved();
      }
    } else if (this.state.hindrance === "" && (movedNetwork || this.timers.again)) {
      this.dial(!this.mediaKept);
    }
  }

  // ---- coming in ----

  private dial(freshMedia: boolean): void {
    this.hangUp();
    const turn = this.turn;
    let opened = false;
    let letter: Join | undefined;
    const post = () => {
      if (opened && letter && turn === this.turn) {
        this.socket?.send(encode(letter));
      }
    };
    this.timers.join = this.world.clock.after(joinPatience, () => this.lost(1006));
    this.socket = this.world.dial({
      opened: () => {
        opened = true;
        post();
      },
      heard: (text) => turn === this.turn && this.hear(text),
      closed: (code, reason) => turn === this.turn && this.lost(code, reason),
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
    this.socket?.close();
    this.socket = undefined;
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
    this.suffer(afterClose(code, reason, this.state.tries, this.world.clock));
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
        if (frame.n === this.pings) {
          this.ponged();
        }
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
    if (frame.sdp !== "") {
      this.mediaKept = true;
      this.update({ trouble: well }); // whatever did not arrive, it did not arrive of another connection
      this.answered(frame.sdp);
    }
    if (this.seen) {
      this.tell(this.seen);
    }
    this.tellPin("");
    this.ponged();
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
          this.tell({ type: "offer", seq, sdp });
        }
      },
      () => turn === this.turn && this.dial(true),
    );
  }

  private refused(code: string, frame: string): void {
    if (frame === "join") {
      this.turnedAway(new TurnedAway(code));
    } else if (frame === "offer" && code !== "too_soon") {
      this.dial(true);
    }
  }

  private over(end: End): void {
    this.hangUp();
    this.remember("");
    this.world.media.close();
    this.update({ phase: "over", end, media: "none", ...alone, trouble: well, lines: [] });
  }

  // ---- the socket's pulse ----

  /** ping asks whether the socket still lives. No answer in time is a no, long before the browser finds out. */
  private ping(patience: number): void {
    this.timers.ping?.();
    this.timers.pong?.();
    this.tell({ type: "ping", n: ++this.pings });
    this.timers.pong = this.world.clock.after(patience, () => this.lost(1006));
  }

  private ponged(): void {
    this.timers.ping?.();
    this.timers.pong?.();
    this.timers.ping = this.world.clock.after(pingEvery, () => this.ping(pongPatience));
  }

  private tell(frame: ToServer): void {
    if (this.state.seated) {
      this.socket?.send(encode(frame));
    }
  }

  private update(change: Partial<Snapshot>): void {
    this.state = { ...this.state, ...change };
    this.world.changed(this.state);
  }
}
