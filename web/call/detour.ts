// Some networks let a call through over UDP and cut it off after a while, again
// and again: a firewall's timer, a phone company's. Each time a new path comes up
// and dies the same death. Whoever has fallen twice in a short while goes over TCP
// instead, which such networks leave alone; and back, if TCP leads nowhere.

/** Within this two falls are one network's habit, and not two mishaps. */
const memory = 180_000;

/** withoutUDP takes from an answer the room's UDP addresses, unless there are no others. */
export function withoutUDP(sdp: string): string {
  const lines = sdp.split(/\r?\n/);
  const transport = (line: string) => /^a=candidate:\S+ \d+ (\w+)/i.exec(line)?.[1]?.toLowerCase();
  if (!lines.some((line) => transport(line) === "tcp")) {
    return sdp;
  }
  return lines.filter((line) => transport(line) !== "udp").join("\r\n");
}

/** Detour is one person's way to the room, as far as it is chosen. */
export class Detour {
  private falls: number[] = [];
  private taken = false;
  private arrived = true;
  private fallen = false;

  constructor(private readonly now: () => number) {}

  /** answered gives the answer to use, when the room has given one. */
  answered(sdp: string): string {
    if (this.taken && !this.arrived) {
      this.falls = []; // it led nowhere
    }
    const since = this.now() - memory;
    this.falls = this.falls.filter((at) => at > since);
    this.taken = this.taken && this.arrived ? true : this.falls.length >= 2;
    this.arrived = false;
    this.fallen = false;
    return this.taken ? withoutUDP(sdp) : sdp;
  }

  /** moved tells that this machine is on another network now, whose habits are not known. What falls of the old one falls for that. */
  moved(): void {
    this.falls = [];
    this.taken = false;
    this.fallen = true;
  }

  /** up tells that a path has come up. */
  up(): void {
    this.arrived = true;
  }

  /** fell tells that the path in use has died, which more than one may notice. What falls had arrived. */
  fell(): void {
    this.arrived = true;
    if (!this.fallen) {
      this.fallen = true;
      this.falls.push(this.now());
    }
  }
}
