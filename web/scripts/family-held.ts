// Counts down how long a time is kept, while its form is filled in or until an offer
// of it is answered. Without it, the page says until when.

const line = document.querySelector<HTMLElement>(".wv-countdown");
const left = line?.querySelector<HTMLElement>(".wv-countdown__left");
const news = document.getElementById("kept-news");

// When to say it aloud: once while there is still time to finish, and at the end.
const soon = 120;

// From here on it is counted down.
const long = 3600;

if (line && left && news) {
  // Counted from when the page came, since the phone's own clock may be wrong.
  const end = performance.now() + Number(line.dataset.seconds) * 1000;
  let told = false;
  const tick = (): void => {
    const seconds = Math.max(0, Math.round((end - performance.now()) / 1000));
    if (seconds === 0) {
      window.clearInterval(timer);
      line.textContent = "We could not keep this time for you any longer. Go on to choose again.";
      line.classList.add("wv-countdown--short");
      news.textContent = line.textContent;
      return;
    }
    if (seconds > long) {
      return; // an offer stands for hours: until when says more
    }
    left.textContent = `for ${lasting(seconds)}`;
    if (seconds <= soon) {
      line.classList.add("wv-countdown--short");
      if (!told) {
        told = true;
        news.textContent = `We are keeping this time for you for ${lasting(seconds)} more.`;
      }
    }
  };
  const timer = window.setInterval(tick, 1000);
  tick();
}

// lasting rounds to minutes, and to ten seconds in the last two, so that the
// line is quiet.
function lasting(seconds: number): string {
  if (seconds > soon) {
    return `${Math.ceil(seconds / 60)} minutes`;
  }
  return `${Math.ceil(seconds / 10) * 10} seconds`;
}
