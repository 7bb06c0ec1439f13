// The iPad in a visit is still the ward's: it is heard from, stays the one that was
// paired, and leaves the moment that it is not any more. The page that it leaves
// for says what is the matter.

import { startHeartbeat } from "../scripts/_heartbeat.ts";
import { startEntering } from "../scripts/_key.ts";
import { Stream } from "../scripts/_live.ts";

export function stayPaired(): void {
  const enter = startEntering((entering) => {
    if (entering !== "entered" && entering !== "offline") {
      window.location.replace(`/ipad/dark/${entering}`);
    }
  });
  const ask = (): void => void enter();
  // The ward counts on hearing from its iPads, in a visit most of all.
  startHeartbeat((beat) => beat === "refused" && ask());
  // The server ends this within seconds of an iPad's being lost or unpaired.
  new Stream("/ipad/events", { look: () => undefined, live: () => undefined, lost: () => undefined, refused: ask });
}
