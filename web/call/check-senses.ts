// Whether a camera sees, and not only whether it is
// there: a covered lens is a track like any other.

/** Darker than this in every part, from 0 to 255, is a covered lens; a dark room is three times brighter somewhere. */
const black = 16;

/** allBlack reports whether no pixel (of four bytes each: red, green, blue, opacity) is brighter than black. */
export function allBlack(pixels: Uint8ClampedArray): boolean {
  for (let i = 0; i < pixels.length; i += 4) {
    if (Math.max(pixels[i] ?? 0, pixels[i + 1] ?? 0, pixels[i + 2] ?? 0) > black) {
      return false;
    }
  }
  return true;
}

/** isBlack looks at what a video shows. One that shows nothing yet is not known to be black. */
export function isBlack(video: HTMLVideoElement): boolean {
  if (video.videoWidth === 0) {
    return false;
  }
  const canvas = document.createElement("canvas");
  canvas.width = 32;
  canvas.height = 24;
  const brush = canvas.getContext("2d");
  if (!brush) {
    return false;
  }
  brush.drawImage(video, 0, 0, canvas.width, canvas.height);
  return allBlack(brush.getImageData(0, 0, canvas.width, canvas.height).data);
}
