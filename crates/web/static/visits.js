/*
 * Visits in the browser: the panel beside the desk, times that follow what is chosen, dragging at the office, and a few
 * buttons. Everything here is a short cut: without it each form is a page of its own and each visit has a page of times.
 *
 * What was typed is sent along and comes back with every answer, so a refusal loses no word.
 */
(() => {
  "use strict";

  const $ = (id) => document.getElementById(id);
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const { announce, toast } = window.hearthline;

  // ── Asking the server ───────────────────────────────────────────────────────────────────────────────────────
  const ask = async (address, options = {}) => {
    const headers = { "HX-Request": "true", Accept: "text/html" };
    const answer = await fetch(address, { ...options, headers }).catch(() => null);
    if (!answer) { toast("bad", "The server cannot be reached. What you typed is still here; try again in a moment."); return null; }
    if (answer.status === 401) { window.location.href = "/sign-in"; return null; }
    if (answer.redirected) { window.location.href = answer.url; return null; }
    const html = await answer.text();
    if (answer.ok) return html;
    const words = new DOMParser().parseFromString(html, "text/html").body.textContent.replace(/\s+/g, " ").trim();
    toast("bad", words || "This did not work. Nothing was changed.");
    return null;
  };
  const body = (form, submitter) => {
    const data = new FormData(form);
    if (submitter?.name) data.append(submitter.name, submitter.value);
    return new URLSearchParams(data);
  };

  // ── The panel ───────────────────────────────────────────────────────────────────────────────────────────────
  const place = $("appt-place");
  const panel = $("appt-panel");
  let opener = null;

  const dress = () => {
    for (const button of all("[data-copy-from], [data-print]")) button.hidden = false;
  };

  /* What became of the text about the visit that is shown comes by the screen's stream. */
  const followText = () => {
    const params = $("live-params");
    const visit = one("[data-appt-text]", place || document)?.dataset.apptText || "";
    const more = visit ? `visit=${visit}` : "";
    if (!params || (params.dataset.more || "") === more) return;
    params.dataset.more = more;
    document.dispatchEvent(new Event("live:reconnect"));
  };

  const show = (html, { focus = true } = {}) => {
    place.innerHTML = html;
    dress();
    followText();
    if (!focus) return;
    const refusal = one(".refusal", place);
    const title = one("#appt-booked-title, #appt-move-title", place);
    const said = one('[role="status"]', place);
    if (refusal) { refusal.tabIndex = -1; refusal.focus(); refusal.scrollIntoView({ block: "nearest" }); }
    else if (title) { title.focus(); title.scrollIntoView({ block: "nearest" }); }
    if (said) announce(said.textContent.trim());
  };

  /* What rings is the very same element wherever it stands, with its clock, its keys and what the stream puts into it. */
  const offersHome = $("desk-offers")?.parentElement;
  const ringHere = (here) => {
    const now = $("desk-offers");
    if (!now || !offersHome) return;
    if (here) place.before(now);
    else offersHome.prepend(now);
  };

  const openPanel = async (address, from) => {
    const html = await ask(address);
    if (html === null) return;
    opener = from;
    one("[data-kb-close]")?.click();
    panel.hidden = false;
    ringHere(true);
    show(html, { focus: false });
    one("[data-appt-alone]", panel).href = address;
    (one("#appt-new > summary", place) || panel).focus();
    announce("Appointment");
  };
  const closePanel = () => {
    if (!panel || panel.hidden) return;
    panel.hidden = true;
    ringHere(false);
    place.replaceChildren();
    followText();
    (opener && document.contains(opener) ? opener : $("reply-text"))?.focus();
  };

  // ── Times that follow what is chosen ────────────────────────────────────────────────────────────────────────
  let turn = 0;
  const find = async (form, submitter) => {
    const mine = ++turn;
    const html = await ask("/desk/appointments/times", { method: "POST", body: body(form, submitter) });
    const times = $("appt-times");
    if (html === null || mine !== turn || !times) return;
    const at = document.activeElement;
    const inside = times.contains(at) ? { name: at.name, value: at.value } : null;
    const next = document.createElement("template");
    next.innerHTML = html;
    times.replaceWith(next.content);
    const fresh = $("appt-times");
    // Another day that was chosen by its button is the day that the form holds from now on.
    if (submitter?.name === "to_day" && $("appt-day")) $("appt-day").value = submitter.value;
    if (inside) {
      const same = all("input, button", fresh).find((element) => element.name === inside.name && element.value === inside.value);
      (same || one("input, button", fresh))?.focus();
    }
    const words = one(".refusal__sentence, [role=status], .appt-day strong, .notice", fresh);
    if (words) announce(words.textContent.replace(/\s+/g, " ").trim());
  };

  document.addEventListener("change", (event) => {
    const go = event.target.closest("[data-go]");
    if (go) { go.form.requestSubmit(); return; }
    const picks = event.target.closest("[data-picks]");
    if (picks && picks.value.trim()) { const radio = one(`input[type=radio][value="${picks.dataset.picks}"]`, picks.closest("fieldset")); if (radio) radio.checked = true; }
    const form = event.target.closest("form[data-appt-find]");
    if (form && (event.target.matches("[data-find]") || event.target.name === "slot")) find(form);
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-appt]");
    if (!form || !place) return;
    event.preventDefault();
    const by = event.submitter;
    if (form.matches("[data-appt-find]") && by?.value !== "book") { find(form, by); return; }
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    const html = await ask(form.getAttribute("action"), { method: "POST", body: body(form, by) });
    delete form.dataset.busy;
    if (html !== null) show(html);
  });

  document.addEventListener("click", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    const open = event.target.closest("[data-appt-open]");
    if (open && plain && panel) { event.preventDefault(); openPanel(open.getAttribute("href"), open); return; }
    if (event.target.closest("[data-appt-close]")) { closePanel(); return; }
    if (event.target.closest("[data-print]")) { window.print(); return; }
    const copy = event.target.closest("[data-copy-from]");
    if (copy) {
      navigator.clipboard.writeText($(copy.dataset.copyFrom).textContent.trim())
        .then(() => toast("ok", "Copied."), () => toast("warn", "This browser does not let a page copy. Mark the words and copy them."));
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel && panel.contains(document.activeElement)) { event.stopPropagation(); closePanel(); }
  }, true);

  // ── Dragging at the office ──────────────────────────────────────────────────────────────────────────────────
  const mover = $("visits-move");
  let dragged = null;
  let kind = "";
  // The place from which it is dragged: somebody may have moved it meanwhile.
  let seen = "";
  // Where this kind of visit cannot start, no drop is offered.
  const fits = (at) => { const cell = dragged && at.closest?.("[data-drop]"); return cell && (cell.dataset.dropKinds || "").split(" ").includes(kind) ? cell : null; };
  const over = (element) => { for (const old of all(".visits-over")) old.classList.remove("visits-over"); element?.classList.add("visits-over"); };
  if (mover) {
    document.addEventListener("dragstart", (event) => {
      const visit = event.target.closest?.("[data-drag]");
      if (!visit) return;
      dragged = visit.dataset.drag;
      kind = visit.dataset.dragKind || "";
      seen = visit.dataset.dragSeen || "";
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", dragged);
      document.body.classList.add("visits-dragging");
    });
    document.addEventListener("dragover", (event) => {
      const free = fits(event.target);
      over(free);
      if (free) { event.preventDefault(); event.dataTransfer.dropEffect = "move"; }
    });
    document.addEventListener("dragend", () => { dragged = null; over(null); document.body.classList.remove("visits-dragging"); });
    document.addEventListener("drop", (event) => {
      const free = fits(event.target);
      if (!free) return;
      event.preventDefault();
      mover.action = `/office/${dragged}/move`;
      one('[name="slot"]', mover).value = free.dataset.drop;
      one('[name="seen"]', mover).value = seen;
      mover.submit();
    });
  }

  dress();
  followText();
})();
