// Whether a microphone can be heard, as the checks before a visit find out: somebody
// is asked to speak, a bar moves as they do, and what came of it is said in words.

import type { Capture } from "./capture.ts";
import { isSpeech, Meter, onMeter } from "./level.ts";
import { troubleWords, type Finding } from "./words.ts";

/** Whoever has said nothing by then may not know that they should, or may not be heard. */
const listenFor = 8000;

/** Sounds of so many tenths of a second are a voice, and not a door. */
const enough = 3;

export class Listening {
  private meter: { track: MediaStreamTrack; stop(): void } | undefined;
  private heard = 0;
  private listened = 0;

  constructor(
    private readonly capture: Pick<Capture, "track" | "trouble">,
    private readonly bar: HTMLMeterElement,
    private readonly find: (found: Finding) => void,
  ) {}

  /** begin forgets what was heard. */
  begin(): void {
    this.heard = 0;
    this.listened = 0;
    this.find({ state: "trying", text: "Starting your microphone…" });
  }

  /** captured listens to the microphone that there is now, or says why there is none. */
  captured(): void {
    const track = this.capture.track("audio");
    if (track && this.meter?.track !== track) {
      this.meter?.stop();
      const meter = new Meter(track, (level) => this.hear(level));
      this.meter = { track, stop: () => meter.stop() };
      this.find({ state: "trying", text: "Say something. The bar moves when we hear you." });
    } else if (!track) {
      this.meter?.stop();
      this.meter = undefined;
      const trouble = this.capture.trouble("audio");
      if (trouble !== "") {
        this.find({ state: "bad", text: troubleWords("audio", trouble) });
      }
    }
    this.bar.hidden = track === undefined;
  }

  /** hear follows the voice. What was heard once is known to work. */
  private hear(level: number): void {
    this.bar.value = onMeter(level);
    this.listened += 100;
    this.heard += isSpeech(level) ? 1 : 0;
    if (this.heard === enough) {
      this.find({ state: "good", text: "We can hear you." });
    } else if (this.heard < enough && this.listened === listenFor) {
      this.find({
        state: "bad",
        text: "We cannot hear anything yet. Say something. If the bar does not move, check that your microphone is not muted or covered.",
      });
    }
  }
}
