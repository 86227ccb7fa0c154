/*
 * The floor: "Stop ringing" quiets the alerts that are there now; a new one rings again. Everything else of a live page
 * is live.js.
 */
(() => {
  "use strict";

  const key = "hearthline.floor.quiet";
  let quiet = new Set(JSON.parse(window.sessionStorage.getItem(key) || "[]"));
  const alerts = () => document.getElementById("floor-alerts");

  const hush = () => {
    const panel = alerts();
    if (!panel) return;
    for (const element of panel.querySelectorAll("[data-ring]")) {
      if (quiet.has(element.dataset.ring)) element.removeAttribute("data-ring");
    }
    const button = panel.querySelector("[data-quiet]");
    if (button) button.hidden = !panel.querySelector("[data-ring]");
  };

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-quiet]")) return;
    for (const element of alerts()?.querySelectorAll("[data-ring]") || []) quiet.add(element.dataset.ring);
    // Only the last few hundred are kept: older alerts are gone by then.
    quiet = new Set([...quiet].slice(-300));
    window.sessionStorage.setItem(key, JSON.stringify([...quiet]));
    hush();
    document.getElementById("main")?.focus();
  });

  // A fragment that is put in place brings `data-ring` back; it is taken off again before anything rings.
  new MutationObserver(hush).observe(document.querySelector(".floor"), {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-ring"],
  });
  hush();
})();
