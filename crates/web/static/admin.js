/*
 * The administration: length and segments of a text while it is written, counted by the server's own code, and a
 * question before a form with changes is left.
 */
(() => {
  "use strict";

  const count = async (area) => {
    const place = document.getElementById(area.dataset.count);
    if (!place) return;
    const text = area.value;
    const answer = await fetch(`/admin/canned/count?${new URLSearchParams({ text })}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    // A later keystroke has its own answer.
    if (answer?.ok && area.value === text) place.textContent = (new DOMParser().parseFromString(await answer.text(), "text/html")).body.textContent.trim();
  };
  const timers = new Map();
  for (const area of document.querySelectorAll("textarea[data-count]")) {
    count(area);
    area.addEventListener("input", () => {
      window.clearTimeout(timers.get(area));
      timers.set(area, window.setTimeout(() => count(area), 250));
    });
  }

  let changed = false;
  for (const form of document.querySelectorAll("form.admin-form")) {
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
  }
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
})();
