async () => {
  // What each tile of the call shows in its middle, and the loudest tone it plays.
  const tiles = [...document.querySelectorAll("[data-slot][data-seat]")].filter((tile) => tile.checkVisibility());
  const ears = (window.wardvisitEars ??= { context: new AudioContext(), of: new Map() });
  await ears.context.resume();

  const listen = (stream) => {
    if (!ears.of.has(stream) && stream && stream.getAudioTracks().length > 0) {
      const ear = ears.context.createAnalyser();
      ear.fftSize = 8192;
      ear.smoothingTimeConstant = 0;
      ears.context.createMediaStreamSource(stream).connect(ear);
      ears.of.set(stream, ear);
    }
    return ears.of.get(stream);
  };
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const videos = tiles.map((tile) => tile.querySelector("video"));
  const heard = videos.map((video) => listen(video.srcObject));
  const frames = () => videos.map((video) => video.getVideoPlaybackQuality().totalVideoFrames);
  // Firefox counts no frames of what comes over the network; it tells of each as it is shown.
  const shown = videos.map(() => 0);
  const handles = [];
  const count = (video, i) => {
    handles[i] = video.requestVideoFrameCallback?.(() => {
      shown[i]++;
      count(video, i);
    });
  };
  videos.forEach(count);
  const before = frames();
  await pause(400);
  const after = frames();

  const colourOf = (video) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    const brush = canvas.getContext("2d");
    if (!video.videoWidth) {
      return [0, 0, 0];
    }
    brush.drawImage(video, video.videoWidth / 2 - 8, video.videoHeight / 2 - 8, 16, 16, 0, 0, 1, 1);
    return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const toneOf = (ear, video) => {
    if (!ear || video.muted || video.paused) {
      return { tone: 0, level: -200 };
    }
    const bins = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(bins);
    let loudest = 1;
    bins.forEach((level, bin) => {
      loudest = bin > 0 && level > bins[loudest] ? bin : loudest;
    });
    return { tone: (loudest * ears.context.sampleRate) / ear.fftSize, level: Math.max(-200, bins[loudest]) };
  };
  videos.forEach((video, i) => video.cancelVideoFrameCallback?.(handles[i]));
  return tiles
    .map((tile, i) => ({
      slot: Number(tile.dataset.slot),
      seat: tile.dataset.seat,
      name: tile.dataset.name,
      visible: videos[i].videoWidth > 0 && videos[i].clientWidth > 16 && getComputedStyle(videos[i]).opacity !== "0",
      moving: after[i] > before[i] || shown[i] > 1,
      colour: colourOf(videos[i]),
      ...toneOf(heard[i], videos[i]),
    }))
    .sort((a, b) => a.slot - b.slot);
}
