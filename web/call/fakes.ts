// The world outside a Room, for its tests: a clock that a test moves, and a
// server, a ticket office and a peer connection that do what a test says.

import type { Clock } from "./clock.ts";
import type { ToServer } from "./protocol.ts";
import type { Ears, IceServer, Pass, Snapshot, World } from "./world.ts";

/** FakeClock stands still until a test moves it, and always has the same luck. */
export class FakeClock implements Clock {
  private time = 0;
  private due: { at: number; act: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(ms: number, act: () => void): () => void {
    const one = { at: this.time + ms, act };
    this.due.push(one);
    return () => {
      this.due = this.due.filter((other) => other !== one);
    };
  }

  chance(): number {
    return 0.5;
  }

  /** waiting is how many things are still to be done. */
  get waiting(): number {
    return this.due.length;
  }

  /** pass lets time go by, doing what falls due on the way, in order. */
  async pass(ms: number): Promise<void> {
    const until = this.time + ms;
    for (;;) {
      await settled();
      const next = this.due.filter((one) => one.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) {
        break;
      }
      this.due = this.due.filter((one) => one !== next);
      this.time = Math.max(this.time, next.at);
      next.act();
    }
    this.time = until;
    await settled();
  }
}

/** settled waits until every promise that can be kept has been. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Line is one websocket, seen from the server. */
export class Line {
  readonly got: ToServer[] = [];
  hungUp = false;

  constructor(readonly ears: Ears) {}

  say(frame: object): void {
    this.ears.heard(JSON.stringify(frame));
  }

  /** types are what the browser sent, by name. */
  get types(): string[] {
    return this.got.map((frame) => frame.type);
  }

  last<T extends ToServer["type"]>(type: T): (ToServer & { type: T }) | undefined {
    return this.got.filter((frame): frame is ToServer & { type: T } => frame.type === type).pop();
  }
}

/** FakeWorld keeps what a Room did to it. */
export class FakeWorld implements World {
  readonly clock = new FakeClock();
  readonly lines: Line[] = [];
  readonly shown: Snapshot[] = [];
  secret = "";
  tickets = 0;
  offers = 0;
  restarts = 0;
  answers: string[] = [];
  closed = false;
  servers: IceServer[] = [];

  /** issue is the ticket office; a test may put another in its place. */
  issue: () => Promise<Pass> = async () => ({ ticket: `ticket-${this.tickets}`, iceServers: [{ urls: ["stun:x"] }] });

  readonly dial = (ears: Ears) => {
    const line = new Line(ears);
    this.lines.push(line);
    return {
      send: (text: string) => {
        line.got.push(JSON.parse(text) as ToServer);
      },
      close: () => {
        line.hungUp = true;
      },
    };
  };

  readonly ticket = () => {
    this.tickets++;
    return this.issue();
  };

  readonly media = {
    offer: async (pass: Pass) => {
      this.servers = pass.iceServers;
      return `offer-${++this.offers}`;
    },
    restart: async () => `restart-${++this.restarts}`,
    answer: async (sdp: string) => {
      this.answers.push(sdp);
    },
    close: () => {
      this.closed = true;
    },
  };

  readonly keep = {
    load: () => this.secret,
    save: (secret: string) => {
      this.secret = secret;
    },
  };

  readonly changed = (now: Snapshot) => {
    this.shown.push(now);
  };

  get line(): Line {
    const line = this.lines[this.lines.length - 1];
    if (!line) {
      throw new Error("nobody dialled");
    }
    return line;
  }
}
