/*
 * The handset's keys: Enter sends, a ready-made text is sent with one press, and the box empties once a text is out.
 * Everything else is the server's: this file never shows a text that was not sent.
 */
(() => {
  "use strict";

  // The clock of the phone goes on, by the server's time and in the agency's zone.
  const ahead = Number(document.querySelector('meta[name="server-now"]')?.content || Date.now()) - Date.now();
  window.setInterval(() => {
    for (const clock of document.querySelectorAll("[data-wall]")) {
      const words = new Date(Date.now() + ahead).toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit", timeZone: clock.dataset.wall });
      if (clock.textContent !== words) clock.textContent = words;
    }
  }, 5000);

  const grow = (box) => {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight + 2, 132)}px`;
  };

  document.addEventListener("input", (event) => { if (event.target.matches(".phone__text")) grow(event.target); });

  document.addEventListener("keydown", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLTextAreaElement) || !box.matches(".phone__text")) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (box.value.trim()) box.form.requestSubmit(box.form.querySelector(".phone__round--send"));
    }
  });

  document.addEventListener("click", (event) => {
    const ready = event.target.closest("[data-ready]");
    if (!ready) return;
    const form = document.getElementById(`write-${ready.dataset.ready}`);
    const box = form.querySelector(".phone__text");
    box.value = ready.dataset.text;
    grow(box);
    form.requestSubmit(form.querySelector(".phone__round--send"));
  });

  document.addEventListener("htmx:config:request", (event) => {
    const form = event.detail.ctx?.sourceElement;
    if (!form?.matches?.("form[data-writes]")) return;
    const box = form.querySelector(".phone__text");
    const picture = event.detail.ctx.request.body.get("picture");
    if (!picture && !box.value.trim()) { event.preventDefault(); return; }
    // What was typed leaves the box at once, as on a phone, and comes back if it could not be sent.
    form.dataset.sending = box.value;
    box.value = "";
    grow(box);
  });

  document.addEventListener("htmx:finally:request", (event) => {
    const ctx = event.detail.ctx;
    const form = ctx?.sourceElement;
    if (!form?.matches?.("form[data-writes]")) return;
    const box = form.querySelector(".phone__text");
    if (!(ctx.response?.status < 400) && !box.value) { box.value = form.dataset.sending || ""; grow(box); }
    delete form.dataset.sending;
  });
})();
