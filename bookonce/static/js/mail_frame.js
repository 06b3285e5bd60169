// The frame of a letter is as high as the letter, so that there is one thing to scroll. Without this file it scrolls.

const frame = document.querySelector(".letter-frame");

function fit() {
  const letter = frame.contentDocument?.documentElement;
  if (!letter) return;
  const edges = frame.offsetHeight - frame.clientHeight;
  const measure = () => (frame.style.blockSize = `${Math.ceil(letter.getBoundingClientRect().height) + edges}px`);
  new ResizeObserver(measure).observe(letter);
}

frame?.addEventListener("load", fit);
if (frame?.contentDocument?.readyState === "complete") fit();
