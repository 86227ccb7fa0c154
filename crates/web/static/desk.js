/*
 * The desk in the browser: which interaction is open, what is typed, canned responses, dialogs and keys. The server
 * renders everything that is shown; this file moves between what is shown and never decides what may be said.
 *
 * Typed text is kept per interaction in this tab's session storage until it is sent, so that neither a switch, a refusal
 * nor a reload loses it. What is written under restricted access is never kept here.
 */
(() => {
  "use strict";

  const desk = document.getElementById("desk");
  if (!desk) return;
  const $ = (id) => document.getElementById(id);
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const { announce, toast } = window.hearthline;
  const dialog = $("desk-dialog");
  const isNarrow = () => window.matchMedia("(max-width: 68.74rem)").matches;
  const writes = (element) => element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

  // ── Which interaction is open ───────────────────────────────────────────────────────────────────────────────
  let current = $("desk-centre")?.dataset.interaction || "";
  let opening = 0;

  const cards = () => all("#desk-list [data-open]");
  const mark = () => {
    for (const card of cards()) {
      const chosen = card.dataset.open === current;
      card.classList.toggle("desk-card--selected", chosen);
      if (chosen) card.setAttribute("aria-current", "true");
      else card.removeAttribute("aria-current");
    }
  };

  const get = async (address) => {
    const answer = await fetch(address, { headers: { "HX-Request": "true", Accept: "text/html" } });
    if (answer.status === 401) { window.location.href = "/sign-in"; return null; }
    return answer.ok ? answer.text() : null;
  };

  const open = async (id, { focus = true, push = true, words = "" } = {}) => {
    const turn = ++opening;
    keepDraft();
    const html = await get(`/desk/${id || "none"}/open`).catch(() => null);
    if (turn !== opening) return;
    // What was typed, or put into the box, while the answer was on its way.
    keepDraft();
    if (html === null) { toast("bad", "This interaction could not be opened. It may have gone to somebody else."); return; }
    const parts = document.createElement("template");
    parts.innerHTML = html;
    const centre = one("#desk-centre", parts.content);
    const side = one(".desk-side", parts.content);
    $("desk-centre").replaceWith(centre);
    $("desk-right").replaceChildren(side);
    $("desk-right").scrollTop = 0;
    htmx.process(centre);
    htmx.process(side);
    current = id || "";
    mark();
    $("live-params").dataset.query = id ? `interaction=${id}` : "";
    document.dispatchEvent(new Event("live:reconnect"));
    if (push) history.pushState({ interaction: id }, "", id ? `/desk?interaction=${id}` : "/desk");
    settle();
    if (isNarrow()) tab(id ? "centre" : "list");
    if (focus) ($("reply-text") || $("desk-centre")).focus?.({ preventScroll: true });
    if (words) announce(words);
  };

  window.addEventListener("popstate", () => {
    const id = new URLSearchParams(window.location.search).get("interaction");
    if (id && id !== current) open(id, { push: false });
  });

  const openAt = (place) => { const card = cards()[place]; if (card) open(card.dataset.open); };
  const step = (by) => {
    const list = cards();
    if (!list.length) return;
    const at = list.findIndex((card) => card.dataset.open === current);
    open(list[(at + by + list.length) % list.length].dataset.open, { focus: false });
  };

  // ── The reply box ───────────────────────────────────────────────────────────────────────────────────────────
  const box = () => $("reply-text");
  const form = () => one("form[data-reply]");
  const field = (name) => one(`[name="${name}"]`, form() || document.createElement("form"));
  const key = (id) => `desk.draft.${id}`;

  const keepDraft = () => {
    const reply = form();
    if (!reply) return;
    const draft = { text: box().value, canned: field("canned").value };
    if (draft.text) sessionStorage.setItem(key(reply.dataset.reply), JSON.stringify(draft));
    else sessionStorage.removeItem(key(reply.dataset.reply));
  };

  const grow = () => {
    const text = box();
    if (!text) return;
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight + 2, 240)}px`;
  };

  let inserted = null;
  const write = (text, canned) => {
    const reply = box();
    if (!reply) { toast("warn", "Open an interaction first; then the response can be put into its reply box."); return false; }
    if (!reply.value.trim()) reply.select();
    const before = reply.value.slice(0, reply.selectionStart);
    const after = reply.value.slice(reply.selectionEnd);
    const rest = `${before}${after}`.trim();
    // It goes in where the cursor stands: a response on a line of its own, an address as a word among others.
    const apart = /^https?:\S+$/.test(text) ? " " : "\n";
    const words = `${!before.trim() || /\s$/.test(before) ? "" : apart}${text}${!after.trim() || /^\s/.test(after) ? "" : apart}`;
    const name = field("canned");
    inserted = { text, was: rest ? name.value : "" };
    name.value = rest ? name.value || canned : canned;
    forgive();
    reply.focus();
    // Written as if it were typed, so that Ctrl Z takes it out again; where a browser cannot, it is put in without.
    if (!document.execCommand("insertText", false, words)) {
      reply.setRangeText(words, reply.selectionStart, reply.selectionEnd, "end");
      reply.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (isNarrow()) tab("centre");
    return true;
  };

  /* A confirmation or a reason belongs to the text that was refused, not to the next one. */
  const forgive = () => { if (form()) { field("confirmed").value = ""; field("referral_reason").value = ""; } };

  const send = () => {
    const reply = form();
    if (!reply || reply.dataset.busy || !box().value.trim()) return;
    reply.requestSubmit();
  };

  const settle = () => {
    const reply = form();
    if (reply && !reply.dataset.settled) {
      reply.dataset.settled = "1";
      const kept = JSON.parse(sessionStorage.getItem(key(reply.dataset.reply)) || "null");
      if (kept && !box().value) {
        box().value = kept.text;
        field("canned").value = kept.canned || "";
        box().dispatchEvent(new Event("input", { bubbles: true }));
      }
      grow();
    }
    const log = one(".desk-transcript");
    if (log && !log.dataset.stuck) { log.scrollTop = log.scrollHeight; log.dataset.stuck = "1"; }
    watchLog();
  };

  document.addEventListener("input", (event) => {
    if (event.target.id === "reply-text") {
      const undone = event.inputType === "historyUndo" && inserted && !event.target.value.includes(inserted.text);
      if (undone && form()) field("canned").value = inserted.was;
      if (!event.target.value.trim() && form()) field("canned").value = "";
      forgive();
      // "Send as it is" was said of other words.
      for (const stale of all('#desk-refusal [data-act="send_anyway"]')) stale.remove();
      keepDraft();
      grow();
    }
    if (event.target.name === "code" && event.target.type === "radio") $("wrap-up-done").disabled = false;
  });

  document.addEventListener("htmx:before:request", (event) => {
    const reply = event.detail.ctx.sourceElement;
    // Noted before the answer, because the stream may bring the accepted interaction first.
    const accepts = one("[data-accept]", reply);
    if (accepts) awaited = accepts.dataset.accept;
    if (!reply.matches?.("form[data-reply]")) return;
    if (reply.dataset.busy || !box().value.trim()) { event.preventDefault(); return; }
    reply.dataset.busy = "1";
    reply.dataset.sent = box().value;
  });

  document.addEventListener("htmx:finally:request", (event) => {
    const { ctx } = event.detail;
    const source = ctx.sourceElement;
    if (source.matches?.("form[data-reply]")) delete source.dataset.busy;
    if (awaited && one("[data-accept]", source) && !(ctx.response?.status < 300)) awaited = "";
    if (awaited) follow();
  });

  const sent = (reply) => {
    const text = box();
    // Words typed while it went out stay.
    text.value = text.value.startsWith(reply.dataset.sent) ? text.value.slice(reply.dataset.sent.length).trimStart() : text.value;
    field("canned").value = "";
    forgive();
    const next = $("desk-refusal")?.dataset.next;
    if (next) field("message").value = next;
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
    toBottom();
  };

  // ── After every answer of the server ────────────────────────────────────────────────────────────────────────
  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = event.detail;
    const source = ctx.sourceElement;
    const refused = Boolean(one("#desk-refusal .refusal"));
    const went = ctx.response && ctx.response.status < 300 && !refused;
    if (source.matches?.("form[data-reply]") && went) sent(source);
    // Words that differ from those that went out before become a text of their own.
    if (refused && $("desk-refusal")?.dataset.next) field("message").value = $("desk-refusal").dataset.next;
    if (ctx.target?.id === "desk-dialog-body" && ctx.response) showDialog();
    if (ctx.target?.id === "desk-found") countLater();
    if (ctx.target?.id === "library-list") choose(0);
    if (ctx.target?.id === "desk-refusal" && ctx.response) afterAct(source, refused);
    settle();
  });

  /* A dialog's act closes it, whether it went or was refused: the refusal stands at the reply box. */
  const afterAct = (source, refused) => {
    const closes = source.closest?.("[data-close-after]");
    if (closes || (refused && source.closest?.("#desk-dialog"))) dialog.close();
    const inserts = source.closest?.("[data-insert-after]");
    if (inserts && !refused) write(inserts.dataset.text, inserts.dataset.insertAfter);
    if (refused && isNarrow()) tab("centre");
  };

  const showDialog = () => {
    if (one("[data-acknowledged]", dialog)) {
      dialog.close();
      htmx.ajax("POST", "/desk/presence", { values: { to: "on_queue" }, target: "#desk-dialog-body", swap: "innerHTML" });
      announce("Acknowledged. You are going on queue.");
      return;
    }
    if ($("desk-dialog-body").childElementCount && !dialog.open) dialog.showModal();
    one("[autofocus], .button:not(.button--quiet):not([data-close])", $("desk-dialog-body"))?.focus();
  };
  dialog.addEventListener("close", () => $("desk-dialog-body").replaceChildren());
  const ask = (address) => htmx.ajax("GET", address, { target: "#desk-dialog-body", swap: "innerHTML" });

  // ── The way on from a refusal ───────────────────────────────────────────────────────────────────────────────
  const script = (name) => {
    if (current) htmx.ajax("POST", `/desk/${current}/script`, { values: { script: name }, target: "#desk-refusal", swap: "outerMorph" });
  };
  const insertById = async (response) => {
    const answer = await fetch(`/desk/${current}/wording?response=${encodeURIComponent(response)}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) { toast("bad", "This response is not approved, so it cannot be used."); return; }
    const { id, text } = await answer.json();
    box()?.select();
    write(text, id);
    $("desk-refusal").replaceChildren();
  };
  const ways = {
    insert: ({ response }) => insertById(response),
    send_anyway: () => { field("confirmed").value = "true"; send(); },
    give_referral_reason: () => ask(`/desk/${current}/dialog/reason`),
    transfer_to_supervisor: () => ask(`/desk/${current}/dialog/transfer-supervisor`),
    acknowledge: () => ask("/desk/acknowledge"),
    read_memo: ({ response }) => window.hearthline.openKnowledge(`/kb/${response}`),
    send_wrap_up_and_goodbye: () => script("delay_wrap_up_and_goodbye"),
    send_delay_notice: () => script("delay_notice"),
    send_goodbye: () => script("goodbye"),
    open_safety: () => { tab("side"); const steps = one(".desk-safety"); if (steps) { steps.scrollIntoView(); one("button, input, a", steps)?.focus(); } else ask(`/desk/${current}/dialog/safety`); },
    end_unanswered: () => htmx.ajax("POST", `/desk/${current}/end`, { values: { confirmed: "yes" }, target: "#desk-refusal", swap: "outerMorph" }),
    choose_wrap_up: () => one('.desk-wrap input[type="radio"]')?.focus(),
  };
  document.addEventListener("refusal:act", (event) => {
    const way = ways[event.detail.act];
    if (way) { event.preventDefault(); way(event.detail); }
  });

  const giveReason = (reason) => {
    if (reason.trim().length < 4 || !form()) return;
    field("referral_reason").value = reason.trim();
    dialog.close();
    send();
  };

  // ── The Canned Response library ─────────────────────────────────────────────────────────────────────────────
  const library = () => $("library");
  const items = () => all("#library-list [data-item]");
  const showLibrary = (query = "") => {
    if (!library()) return;
    library().hidden = false;
    $("library-q").value = query;
    $("library-q").focus();
    htmx.trigger($("library-form"), "library:open");
  };
  const hideLibrary = () => { if (library() && !library().hidden) { library().hidden = true; box()?.focus(); } };
  const choose = (place) => {
    const list = items();
    list.forEach((item, at) => item.classList.toggle("desk-item--chosen", at === place));
    const item = list[place];
    if (item) { item.scrollIntoView({ block: "nearest" }); announce(`${one(".strong", item).textContent}. ${item.dataset.text}`); }
  };
  const chosen = () => items().findIndex((item) => item.classList.contains("desk-item--chosen"));
  const take = (item) => {
    if (!item) return;
    library().hidden = true;
    write(item.dataset.text, item.dataset.item);
  };
  const copy = async (item) => {
    try {
      await navigator.clipboard.writeText(item.dataset.text);
      toast("ok", "Copied.");
    } catch {
      toast("warn", "This browser does not let a page copy. Use the arrow instead.");
    }
  };

  // ── Search from the top bar ─────────────────────────────────────────────────────────────────────────────────
  const PAUSE = 1200;
  let pause = 0;
  let counted = "";
  /* As on the page of the search: counted once the reader has paused or opened a paragraph, never letter by letter. */
  const count = (opened) => {
    const total = Number(one("[data-kb-total]", $("desk-found"))?.dataset.kbTotal ?? "-1");
    const q = $("desk-find-q").value.trim();
    if (!q || total < 0 || (!opened && counted === q)) return;
    if (!opened) counted = q;
    const told = document.body.getAttribute("hx-headers:inherited");
    const headers = { "HX-Request": "true", ...(told ? JSON.parse(told) : {}) };
    const words = new URLSearchParams({ q, found: total > 0 ? "yes" : "no", opened: opened ? "yes" : "no" });
    fetch("/kb/search/count", { method: "POST", headers, body: words, keepalive: true }).catch(() => {});
  };
  const countLater = () => { clearTimeout(pause); pause = setTimeout(() => count(false), PAUSE); };
  $("desk-find-q").addEventListener("input", () => clearTimeout(pause));
  // Before the click empties the list.
  document.addEventListener("click", (event) => {
    if (event.target.closest("#desk-found [data-kb-hit]")) { clearTimeout(pause); count(false); count(true); }
  }, true);
  const inFind = (event) => {
    const list = all(".desk-found__item", $("desk-found"));
    const at = list.indexOf(document.activeElement);
    const find = $("desk-find-q");
    if (event.key === "ArrowDown" && list.length) { event.preventDefault(); list[(at + 1) % list.length].focus(); return; }
    if (event.key === "ArrowUp" && list.length) { event.preventDefault(); (at > 0 ? list[at - 1] : at ? list[list.length - 1] : find).focus(); return; }
    if (event.key === "Escape") {
      event.preventDefault();
      clearTimeout(pause);
      const open = $("desk-found").childElementCount > 0;
      $("desk-found").replaceChildren();
      (open && document.activeElement !== box() ? find : box() || find).focus();
      return;
    }
    // Letters go on with the search instead of being keys of the desk.
    if (at >= 0 && event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) find.focus();
  };

  // ── Clicks ──────────────────────────────────────────────────────────────────────────────────────────────────
  document.addEventListener("click", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    const at = (selector) => event.target.closest(selector);
    const card = at("[data-open]");
    if (card && plain) {
      event.preventDefault();
      $("desk-found").replaceChildren();
      open(card.dataset.open);
      return;
    }
    const clause = at("a.clause, a.kb-clause");
    if (clause && plain) { event.preventDefault(); why(clause); return; }
    const item = at("[data-item]");
    if (item && at("[data-arrow]")) { take(item); return; }
    if (item && at("[data-copy]")) { copy(item); return; }
    if (item && at("#library-list")) { choose(items().indexOf(item)); return; }
    const chip = at("[data-insert]");
    if (chip && !at("[data-act]")) { if (write(chip.dataset.text, chip.dataset.insert)) $("desk-found").replaceChildren(); return; }
    if (at("#library-open")) { library().hidden ? showLibrary() : hideLibrary(); return; }
    if (at("[data-library-close]")) { hideLibrary(); return; }
    const reason = at("[data-reason]");
    if (reason) { giveReason(reason.dataset.reason); return; }
    const shown = at("button[data-tab]");
    if (shown) { tab(shown.dataset.tab); return; }
    if (at("#desk-below")) { toBottom(); return; }
    if (!at(".desk-find")) $("desk-found").replaceChildren();
    if (at("#presence-menu .desk-menu__item")) $("presence-menu").hidePopover?.();
  });

  document.addEventListener("submit", (event) => {
    if (event.target.id === "reason-form") { event.preventDefault(); giveReason($("reason-other").value); }
  }, true);

  const why = async (link) => {
    const place = $("desk-why");
    const html = await get(link.getAttribute("href"));
    if (html === null) return;
    // A dialog lies above everything else, so the pop-over must lie in it to be seen.
    (link.closest("dialog") || document.body).append(place);
    place.innerHTML = html;
    place.showPopover();
    const from = link.getBoundingClientRect();
    const size = place.getBoundingClientRect();
    const left = Math.max(8, Math.min(from.left, window.innerWidth - size.width - 8));
    const below = from.bottom + 6 + size.height < window.innerHeight;
    place.style.left = `${left}px`;
    place.style.top = `${below ? from.bottom + 6 : Math.max(8, from.top - size.height - 6)}px`;
    // A long clause scrolls, so the keyboard must be able to rest on it.
    place.tabIndex = 0;
    place.focus();
  };

  // ── Keys ────────────────────────────────────────────────────────────────────────────────────────────────────
  const inBox = (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.ctrlKey) { event.preventDefault(); send(); }
    if (event.key === "/" && !box().value) { event.preventDefault(); showLibrary(); }
  };
  const inLibrary = (event) => {
    const list = items();
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && list.length) { event.preventDefault(); choose((chosen() + by + list.length) % list.length); }
    const end = event.target.id === "library-q" && event.target.selectionStart === event.target.value.length;
    if (event.key === "Enter" || (event.key === "ArrowRight" && end)) {
      if (event.target.closest("button")) return;
      event.preventDefault();
      take(list[Math.max(0, chosen())]);
    }
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); hideLibrary(); }
  };
  const answerOffer = (selector) => { const button = one(`#desk-offers ${selector}`); button?.click(); return Boolean(button); };
  const alt = (event) => {
    const press = event.key.toLowerCase();
    const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
    if (digit) { openAt(Number(digit) - 1); return true; }
    if (press === "a") return answerOffer("[data-accept]");
    if (press === "d") return answerOffer("[data-decline]");
    if (press === "q") { one('#presence-menu [value="on_queue"]').click(); return true; }
    if (press === "e") { $("desk-end")?.click(); return Boolean($("desk-end")); }
    return false;
  };
  const free = (event) => {
    const press = event.key.toLowerCase();
    const onNothing = document.activeElement === document.body || document.activeElement?.id === "main" || document.activeElement?.id === "desk-centre";
    if (press === "a" || (press === "enter" && onNothing)) return answerOffer("[data-accept]");
    if (press === "j") { step(1); return true; }
    if (press === "k") { step(-1); return true; }
    if (press === "/" && library()) { showLibrary(); return true; }
    return false;
  };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); $("desk-find-q").focus(); $("desk-find-q").select(); return; }
    if (event.altKey && !event.ctrlKey && !event.metaKey) { if (alt(event)) event.preventDefault(); return; }
    if (event.target.closest?.(".desk-find")) { inFind(event); return; }
    if (event.target.id === "reply-text") { inBox(event); return; }
    if (event.target.closest?.("#library")) { inLibrary(event); return; }
    if (event.key === "Escape") { $("desk-found").replaceChildren(); hideLibrary(); return; }
    if (event.ctrlKey || event.metaKey || dialog.open || writes(event.target)) return;
    if (free(event)) event.preventDefault();
  });

  // ── What the stream brings ──────────────────────────────────────────────────────────────────────────────────
  let awaited = "";
  let listed = new Set(cards().map((card) => card.dataset.open));
  const delayed = new Set(cards().filter((card) => "delay" in card.dataset).map((card) => card.dataset.open));

  /* SMS-DELAY-6: while one customer is silent, the desk turns to the other, unless words are being typed to this one. */
  const lead = () => {
    const list = cards();
    for (const card of list) {
      const id = card.dataset.open;
      const late = "delay" in card.dataset;
      const entered = late && !delayed.has(id);
      if (late) delayed.add(id); else delayed.delete(id);
      if (!entered || id !== current || box()?.value.trim() || dialog.open || (visitOpen() && $("appt-panel").contains(document.activeElement))) continue;
      const other = card.dataset.turnTo;
      if (other) open(other, { words: "The customer is silent. The desk turned to your other interaction; the countdown of the first stays in the list." });
    }
  };

  const follow = () => {
    const list = cards();
    const before = listed;
    listed = new Set(list.map((card) => card.dataset.open));
    if (awaited && list.some((card) => card.dataset.open === awaited)) {
      const id = awaited;
      awaited = "";
      if (id !== current && !box()?.value.trim() && !visitOpen()) open(id, { words: "Accepted." });
      else if (id !== current) waitsInList();
      return;
    }
    if (!current && list.length) { open(list[0].dataset.open, { focus: !writes(document.activeElement) }); return; }
    // What was handed over or done leaves the list; the next one takes its place.
    if (current && before.has(current) && !listed.has(current)) {
      sessionStorage.removeItem(key(current));
      open(list[0]?.dataset.open || "", { focus: false, push: true });
    }
  };

  /* Whoever works in the panel of a visit is not led away from the customer whose visit it is. */
  const visitOpen = () => Boolean($("appt-panel") && !$("appt-panel").hidden);
  const waitsInList = () => {
    if (!visitOpen()) { announce("Accepted. It is in your list."); return; }
    toast("ok", "Accepted. It waits in your list; the visit stays open here.");
    if (!document.activeElement || document.activeElement === document.body) $("appt-panel").focus();
  };

  const log = () => one(".desk-transcript");
  const toBottom = () => { const lines = log(); if (lines) lines.scrollTop = lines.scrollHeight; watchLog(); };
  let lastSeq = log()?.dataset.last || "0";
  const watchLog = () => {
    const lines = log();
    const button = $("desk-below");
    if (!lines || !button) return;
    const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 48;
    if (atEnd) { lastSeq = lines.dataset.last; button.hidden = true; } else button.hidden = Number(lines.dataset.last) <= Number(lastSeq);
  };
  document.addEventListener("scroll", (event) => { if (event.target.classList?.contains("desk-transcript")) watchLog(); }, true);

  document.addEventListener("live:fragments", (event) => {
    const { ids } = event.detail;
    mark();
    if (ids.includes("desk-list")) { lead(); follow(); }
    if (ids.some((id) => id.startsWith("desk-composer"))) settle();
    if (ids.some((id) => id.startsWith("desk-transcript"))) watchLog();
    sums();
  });

  // ── Clocks of today, tabs, start ────────────────────────────────────────────────────────────────────────────
  const offset = Number(one('meta[name="server-now"]')?.content || Date.now()) - Date.now();
  const sums = () => {
    for (const figure of all("[data-sum]")) {
      const total = Math.max(0, Math.floor((Number(figure.dataset.sum) + Date.now() + offset - Number(figure.dataset.sumSince)) / 1000));
      const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
      const pad = (n) => String(n).padStart(2, "0");
      figure.textContent = hours ? `${hours}:${pad(minutes)}:${pad(seconds)}` : `${minutes}:${pad(seconds)}`;
    }
  };
  window.setInterval(sums, 1000);

  const tab = (name) => {
    desk.dataset.tab = name;
    for (const button of all("button[data-tab]")) button.setAttribute("aria-pressed", String(button.dataset.tab === name));
    if (name === "centre") toBottom();
  };

  if (current) desk.dataset.tab = "centre";
  tab(desk.dataset.tab);
  settle();
  sums();
  // Led here from another screen, to read the procedure before going on queue.
  if (location.hash === "#acknowledge") one('#presence-menu [value="on_queue"]')?.click();
})();
