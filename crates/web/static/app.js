/*
 * What every page shares: toasts, menus, the way on from a refusal, help on keys, and two settings of htmx that keep a
 * person's own state (an open <details>, typed text) when a fragment is morphed. It owns no screen; a screen has its
 * own file, and the live stream is live.js. Everything hangs on `document`, so fragments need no wiring of their own.
 */
(() => {
  "use strict";

  const announce = (words) => {
    const place = document.getElementById("announce");
    if (!place) return;
    // Emptied first, so that the same words twice are read twice.
    place.textContent = "";
    window.setTimeout(() => { place.textContent = words; }, 50);
  };

  const toast = (kind, words) => {
    const place = document.getElementById("toasts");
    if (!place) return;
    const one = document.createElement("div");
    one.className = `toast toast--${kind}`;
    one.dataset.toast = kind === "bad" ? "stay" : "";
    one.setAttribute("role", kind === "bad" ? "alert" : "status");
    const text = document.createElement("p");
    text.textContent = words;
    one.append(text);
    place.append(one);
  };

  window.hearthline = { announce, toast };

  // A morph must not close what a person has opened: `open` belongs to the person, not to the server.
  htmx.registerExtension("hearthline", {
    htmx_before_morph_attr: (element, detail) =>
      !(detail.attrName === "open" && (element.tagName === "DETAILS" || element.tagName === "DIALOG")),
  });

  const dress = (one) => {
    if (one.querySelector(":scope > .toast__close")) return;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "toast__close";
    close.setAttribute("aria-label", "Close this message");
    close.textContent = "×";
    one.append(close);
    if (one.dataset.toast !== "stay") window.setTimeout(() => one.remove(), 6000);
  };

  const toasts = document.getElementById("toasts");
  if (toasts) {
    new MutationObserver(() => {
      const all = [...toasts.querySelectorAll("[data-toast]")];
      all.forEach(dress);
      all.slice(0, Math.max(0, all.length - 4)).forEach((old) => old.remove());
    }).observe(toasts, { childList: true });
  }

  document.addEventListener("click", (event) => {
    const close = event.target.closest(".toast__close");
    if (close) { close.closest(".toast").remove(); return; }

    const act = event.target.closest("[data-act]");
    if (act) {
      // The screen that is open knows how to go on; it answers by calling preventDefault on this event.
      const detail = { act: act.dataset.act, response: act.dataset.response || "", source: act };
      // The procedure is read at the desk; from any other screen the button leads there.
      if (detail.act === "acknowledge" && !document.getElementById("desk-dialog")) { location.assign("/desk#acknowledge"); return; }
      if (detail.act === "read_memo" && !document.getElementById("kb-panel")) { location.assign(`/kb/${encodeURIComponent(detail.response)}`); return; }
      document.dispatchEvent(new CustomEvent("refusal:act", { detail }));
      act.closest(".toast")?.remove();
    }

    const fill = event.target.closest("[data-fill]");
    if (fill) {
      const field = document.getElementById(fill.dataset.fill);
      if (field) { field.value = fill.dataset.value; (document.getElementById("password") || field).focus(); }
    }

    const opener = event.target.closest("[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
    if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();

    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  const writes = (element) =>
    element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.menu[open]")) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
      toasts?.lastElementChild?.remove();
    }
    if (event.key === "?" && !event.ctrlKey && !event.metaKey && !event.altKey && !writes(document.activeElement)) {
      event.preventDefault();
      help();
    }
  });

  const help = async () => {
    let dialog = document.getElementById("keys-dialog");
    if (!dialog) {
      const answer = await fetch("/help/keys", { headers: { "HX-Request": "true" } });
      if (!answer.ok) return;
      dialog = document.createElement("dialog");
      dialog.id = "keys-dialog";
      dialog.setAttribute("aria-labelledby", "keys-title");
      dialog.innerHTML = await answer.text();
      const row = document.createElement("form");
      row.method = "dialog";
      row.className = "row row--end";
      const close = document.createElement("button");
      close.className = "button";
      close.textContent = "Close";
      row.append(close);
      dialog.append(row);
      document.body.append(dialog);
    }
    if (!dialog.open) dialog.showModal();
  };

  // No answer at all: the form is still there, so say that nothing is lost.
  document.addEventListener("htmx:error", (event) => {
    const error = event.detail?.error;
    if (error instanceof TypeError || error === "timeout" || error?.name === "TimeoutError") {
      toast("bad", "The server cannot be reached. What you typed is still here; try again in a moment.");
    }
  });
})();
