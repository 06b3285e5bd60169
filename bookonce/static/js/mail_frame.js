// The frame of a mail is as high as the mail, so that there is one thing to scroll. Without this file it scrolls.

const frame = document.querySelector(".mail-frame");

function fit() {
  const mail = frame.contentDocument?.documentElement;
  if (!mail) return;
  const edges = frame.offsetHeight - frame.clientHeight;
  const measure = () => (frame.style.blockSize = `${Math.ceil(mail.getBoundingClientRect().height) + edges}px`);
  new ResizeObserver(measure).observe(mail);
}

frame?.addEventListener("load", fit);
if (frame?.contentDocument?.readyState === "complete") fit();
