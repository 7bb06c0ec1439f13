// Why a camera or a microphone cannot be used, told apart so that a person can
// be told what to do about it.

/** Trouble is what stands between a person and their camera or microphone; "" is nothing. */
export type Trouble = "" | "denied" | "missing" | "busy" | "insecure" | "unsupported" | "failed";

/**
 * troubleOf names the reason for a failed getUserMedia. Browsers agree on the
 * names of errors, though not on all of them: the older names are Safari's and
 * Firefox's.
 */
export function troubleOf(err: unknown): Trouble {
  const name = typeof err === "object" && err !== null && "name" in err ? String(err.name) : "";
  switch (name) {
    case "NotAllowedError":
    case "PermissionDeniedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "DevicesNotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "TrackStartError":
    case "AbortError":
      return "busy";
    case "TypeError":
      return "unsupported";
    default:
      return "failed";
  }
}

/** troubleOfPlace names what is wrong before anything is asked for: a page without https, or a browser that cannot call. */
export function troubleOfPlace(place: { secure: boolean; devices: boolean; calls: boolean }): Trouble {
  if (!place.secure) {
    return "insecure";
  }
  return place.devices && place.calls ? "" : "unsupported";
}

/** here looks at the page that this runs in. */
export function here(): Trouble {
  return troubleOfPlace({
    secure: window.isSecureContext,
    devices: typeof navigator.mediaDevices?.getUserMedia === "function",
    calls: typeof RTCPeerConnection === "function",
  });
}
