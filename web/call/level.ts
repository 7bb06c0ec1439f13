// How loud a microphone is, so that somebody can see that they are heard.

/** Quieter than this is the hiss of any microphone; speech at a table is ten times louder. */
const speech = 0.015;

/** loudness is the root mean square of a stretch of sound, from 0 to 1. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) {
    sum += sample * sample;
  }
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
}

/** isSpeech reports whether that loudness is somebody, not something. */
export function isSpeech(level: number): boolean {
  return level >= speech;
}

/** onMeter is a loudness as a person sees it: half way up for quiet speech. */
export function onMeter(level: number): number {
  return level <= 0 ? 0 : Math.min(1, Math.max(0, 1 + Math.log10(level) / 3));
}

/** Meter listens to one microphone until it is stopped. */
export class Meter {
  private readonly context = new AudioContext();
  private readonly analyser = this.context.createAnalyser();
  private readonly samples: Float32Array<ArrayBuffer>;
  private timer = 0;

  constructor(track: MediaStreamTrack, heard: (level: number) => void) {
    this.analyser.fftSize = 2048;
    this.samples = new Float32Array(this.analyser.fftSize);
    this.context.createMediaStreamSource(new MediaStream([track])).connect(this.analyser);
    void this.context.resume();
    this.timer = window.setInterval(() => {
      this.analyser.getFloatTimeDomainData(this.samples);
      heard(loudness(this.samples));
    }, 100);
  }

  stop(): void {
    window.clearInterval(this.timer);
    void this.context.close();
  }
}

/** chime plays two notes, to be heard or not. Call it from a touch. */
export async function chime(): Promise<void> {
  const context = new AudioContext();
  await context.resume();
  const notes = [
    { pitch: 523, at: 0 },
    { pitch: 659, at: 0.35 },
  ];
  for (const { pitch, at } of notes) {
    const note = context.createOscillator();
    const fade = context.createGain();
    const begin = context.currentTime + at;
    note.frequency.value = pitch;
    fade.gain.setValueAtTime(0, begin);
    fade.gain.linearRampToValueAtTime(0.3, begin + 0.03);
    fade.gain.linearRampToValueAtTime(0, begin + 0.8);
    note.connect(fade).connect(context.destination);
    note.start(begin);
    note.stop(begin + 0.8);
  }
  window.setTimeout(() => void context.close(), 2000);
}
