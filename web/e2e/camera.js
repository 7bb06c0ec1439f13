(options) => {
  // In the place of the machine's camera and microphone: a canvas of one colour
  // and an oscillator of one tone.
  const fps = 25;
  const fail = (name) => Promise.reject(new DOMException("as the test wants it", name));

  // What a test does to them: a finger on the lens, a muted headset, a telephone
  // call that takes one away until it is over.
  const given = { audio: [], video: [] };
  const hand = (window.wardvisitCamera = {
    covered: false,
    silent: false,
    taken: "",
    asked: [],
    hush: (silent) => {
      hand.silent = silent;
      if (hand.volume) {
        hand.volume.gain.value = silent ? 0 : 0.3;
      }
    },
    take: (kind) => {
      hand.taken = kind;
      for (const track of given[kind].splice(0)) {
        track.stop();
        track.dispatchEvent(new Event("ended"));
      }
    },
    give: () => {
      hand.taken = "";
    },
  });

  const picture = () => {
    const canvas = document.createElement("canvas");
    canvas.width = options.width || 640;
    canvas.height = options.height || 480;
    const brush = canvas.getContext("2d");
    let frame = 0;
    const draw = () => {
      brush.fillStyle = hand.covered ? "black" : `rgb(${options.colour.join()})`;
      brush.fillRect(0, 0, canvas.width, canvas.height);
      brush.fillStyle = hand.covered ? "rgb(8, 8, 8)" : "white"; // what moves, so that no two frames are the same
      brush.fillRect((frame++ * 16) % canvas.width, 0, 32, 24);
    };
    draw();
    const timer = setInterval(draw, 1000 / fps);
    const track = canvas.captureStream(fps).getVideoTracks()[0];
    const stop = track.stop.bind(track);
    track.stop = () => {
      clearInterval(timer);
      stop();
    };
    return track;
  };

  const voice = () => {
    const context = new AudioContext();
    const tone = context.createOscillator();
    const volume = context.createGain();
    const out = context.createMediaStreamDestination();
    tone.frequency.value = options.tone;
    volume.gain.value = hand.silent ? 0 : 0.3;
    hand.volume = volume;
    tone.connect(volume).connect(out);
    tone.start();
    const track = out.stream.getAudioTracks()[0];
    const stop = track.stop.bind(track);
    track.stop = () => {
      context.close();
      stop();
    };
    return track;
  };

  navigator.mediaDevices.getUserMedia = async (want) => {
    if (want.video && options.noVideo) {
      return fail(options.noVideo);
    }
    if (want.audio && options.noAudio) {
      return fail(options.noAudio);
    }
    const kinds = ["audio", "video"].filter((kind) => want[kind]);
    hand.asked.push(...kinds);
    if (kinds.includes(hand.taken)) {
      return fail("NotReadableError");
    }
    const tracks = kinds.map((kind) => (kind === "audio" ? voice() : picture()));
    kinds.forEach((kind, i) => given[kind].push(tracks[i]));
    return new MediaStream(tracks);
  };
}
