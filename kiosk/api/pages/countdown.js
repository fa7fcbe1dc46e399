"use strict";
const timer = document.getElementById("timer");
if (timer) {
  // Measured from here, as the phone's clock may differ; by dates, as they go on while it sleeps.
  const end = Date.now() + 1000 * Number(timer.dataset.seconds);
  const show = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    timer.textContent = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
    timer.classList.toggle("hurry", left <= 60);
    if (left === 0) {
      clearInterval(ticking);
      location.reload();
    }
  };
  const ticking = setInterval(show, 250);
}
addEventListener("pageshow", (shown) => {
  // Back from the page of the outcome: what was true then may not be now.
  if (shown.persisted) location.reload();
});
