() => {
  // Keeps the page's connections at hand, and notes when each face last moved.
  const peers = (window.wardvisitPeers = []);
  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(...how) {
      super(...how);
      peers.push(this);
    }
  };

  const faces = new Map(); // by seat
  const look = () => {
    const now = Date.now();
    for (const tile of document.querySelectorAll("[data-slot][data-seat]")) {
      const video = tile.querySelector("video");
      const frames = video?.videoWidth ? video.getVideoPlaybackQuality().totalVideoFrames : 0;
      const seen = tile.checkVisibility() && video && getComputedStyle(video).opacity !== "0";
      const known = faces.get(tile.dataset.seat);
      if (!known) {
        faces.set(tile.dataset.seat, { name: tile.dataset.name, frames, first: 0, last: now, longest: 0 });
      } else if (frames !== known.frames && seen) {
        known.longest = Math.max(known.longest, now - known.last);
        known.first ||= now;
        Object.assign(known, { frames, last: now });
      }
    }
  };
  setInterval(look, 20);

  window.wardvisitWatch = {
    /** begin forgets what was, and who has left. */
    begin: () => {
      const now = Date.now();
      const here = new Set([...document.querySelectorAll("[data-slot][data-seat]")].map((tile) => tile.dataset.seat));
      [...faces.keys()].filter((seat) => !here.has(seat)).forEach((seat) => faces.delete(seat));
      faces.forEach((face) => Object.assign(face, { first: 0, last: now, longest: 0 }));
      return now;
    },
    /** moves says of each face when it first moved since begin, and the longest time it stood still. */
    moves: () => {
      const now = Date.now();
      return [...faces].map(([seat, face]) => ({
        seat,
        name: face.name,
        first: face.first,
        last: face.last,
        longest: Math.max(face.longest, now - face.last),
      }));
    },
  };

  /** wardvisitFlows are the browser's own counts of what comes in, and by which path. */
  window.wardvisitFlows = async () => {
    const flows = { at: Date.now(), path: "", local: "", streams: [] };
    const pc = peers.findLast((one) => one.connectionState !== "closed");
    if (!pc) {
      return flows;
    }
    const entries = new Map();
    (await pc.getStats()).forEach((entry) => entries.set(entry.id, entry));
    for (const entry of entries.values()) {
      if (entry.type === "transport") {
        const pair = entries.get(entry.selectedCandidatePairId);
        const local = entries.get(pair?.localCandidateId);
        flows.path = local?.candidateType === "relay" ? "relay" : (local?.protocol ?? "");
        flows.rtt = pair?.currentRoundTripTime ?? 0;
        flows.sent = pair?.bytesSent ?? 0;
        flows.received = pair?.bytesReceived ?? 0;
      }
      if (entry.type === "inbound-rtp") {
        const slot = window.wardvisit?.slots.find((one) => one.audio === entry.mid || one.video === entry.mid);
        flows.streams.push({
          id: entry.id,
          seat: slot?.seat ?? "",
          name: window.wardvisit?.people.find((one) => one.seat === slot?.seat)?.name ?? "",
          kind: entry.kind,
          packets: entry.packetsReceived ?? 0,
          bytes: entry.bytesReceived ?? 0,
          frames: entry.framesDecoded ?? 0,
          frozen: entry.totalFreezesDuration ?? 0,
          samples: entry.totalSamplesReceived ?? 0,
          concealed: entry.concealedSamples ?? 0,
          width: entry.frameWidth ?? 0,
        });
      }
    }
    return flows;
  };
}
