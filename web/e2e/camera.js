(options) => {
  // In the place of the machine's camera and microphone: a canvas of one colour
  // and an oscillator of one tone.
  const fps = 25;
  const fail = (name) => Promise.reject(new DOMException("as the test wants it", name));

  const picture = () => {
    const canvas = document.createElement("canvas");
    canvas.width = 640;
    canvas.height = 480;
    const brush = canvas.getContext("2d");
    let frame = 0;
    const draw = () => {
      brush.fillStyle = `rgb(${options.colour.join()})`;
      brush.fillRect(0, 0, canvas.width, canvas.height);
      brush.fillStyle = "white"; // what moves, so that no two frames are the same
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
    volume.gain.value = 0.3;
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
    return new MediaStream([...(want.audio ? [voice()] : []), ...(want.video ? [picture()] : [])]);
  };
}
