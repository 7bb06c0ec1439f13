// In the morning, before anybody needs it, the iPad tries its camera and its
// microphone and says what it found, so that somebody sees to it in time.
import { isBlack } from "../call/check-senses.ts";
import { Meter } from "../call/level.ts";

/** What became of a camera or a microphone. */
type Sense = "works" | "dark" | "refused" | "missing" | "nothing";

/** A camera has shown by then what it sees, and a microphone its hiss: none is wholly without. */
const lookFor = 4_000;

/** Nobody stands before it to answer a question. */
async function wouldAsk(name: string): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: name as PermissionName })).state !== "granted";
  } catch {
    return false; // a browser that does not tell is tried
  }
}

function refusal(error: unknown): Sense {
  const name = error instanceof DOMException ? error.name : "";
  return name === "NotAllowedError" || name === "SecurityError" ? "refused" : name === "NotFoundError" || name === "OverconstrainedError" ? "missing" : "nothing";
}

async function open(kind: "video" | "audio", permission: string, look: (track: MediaStreamTrack) => Promise<Sense>): Promise<Sense> {
  if (await wouldAsk(permission)) {
    return "refused";
  }
  let stream: MediaStream | undefined;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ [kind]: true });
    const track = stream.getTracks()[0];
    return track ? await look(track) : "nothing";
  } catch (error) {
    return refusal(error);
  } finally {
    for (const track of stream?.getTracks() ?? []) {
      track.stop();
    }
  }
}

/** Looks again and again until found says what it is, or until the time is over. */
function until(found: () => Sense | undefined, otherwise: () => Sense): Promise<Sense> {
  const begun = performance.now();
  return new Promise((resolve) => {
    const look = (): void => {
      const sense = found();
      if (sense !== undefined || performance.now() - begun > lookFor) {
        resolve(sense ?? otherwise());
        return;
      }
      setTimeout(look, 100);
    };
    look();
  });
}

async function seen(track: MediaStreamTrack): Promise<Sense> {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  void video.play().catch(() => undefined);
  const shows = (): boolean => video.videoWidth > 0 && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  return until(
    () => (shows() && !isBlack(video) ? "works" : undefined),
    () => (shows() ? "dark" : "nothing"),
  );
}

async function heard(track: MediaStreamTrack): Promise<Sense> {
  let level = 0;
  const meter = new Meter(track, (now) => {
    level = Math.max(level, now);
  });
  const sense = await until(
    () => (level > 0 ? "works" : undefined),
    () => "nothing",
  );
  meter.stop();
  return sense;
}

/** The check that is under way. */
let trying = false;

/** Tries both and tells the ward. What could not be told is tried again when the screen next asks. */
export async function tryItself(say: (words: string) => void): Promise<void> {
  if (trying) {
    return;
  }
  trying = true;
  say("Trying the camera and the microphone");
  try {
    const camera = await open("video", "camera", seen);
    const microphone = await open("audio", "microphone", heard);
    await fetch("/ipad/check", { method: "POST", body: new URLSearchParams({ camera, microphone }), headers: { Accept: "application/json" } });
  } catch {
    // No connection: the screen says so itself.
  } finally {
    trying = false;
    say("");
  }
}
