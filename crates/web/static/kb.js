/*
 * The knowledge base in the browser: search while one types, the contents list that follows the scroll, and the panel that
 * shows a page beside the desk. Every page reads, searches and sends its forms without this file; it adds speed and keys.
 *
 * What is typed is never counted letter by letter: a search counts once the reader has paused or opened a result.
 */
(() => {
  "use strict";

  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const { announce, toast } = window.hearthline;
  const spanish = document.documentElement.lang === "es";
  const token = () => {
    const told = document.body.getAttribute("hx-headers:inherited");
    return told ? JSON.parse(told)["X-CSRF-Token"] : "";
  };
  const get = async (address, signal) => {
    const answer = await fetch(address, { headers: { "HX-Request": "true", Accept: "text/html" }, signal });
    if (answer.status === 401) { location.href = "/sign-in"; return null; }
    return answer.ok ? answer.text() : null;
  };
  const post = (address, fields) => {
    const headers = { "HX-Request": "true" };
    if (token()) headers["X-CSRF-Token"] = token();
    return fetch(address, { method: "POST", headers, body: new URLSearchParams(fields), keepalive: true });
  };

  // ── Search while one types ──────────────────────────────────────────────────────────────────────────────────
  const TYPING = 80;
  const PAUSE = 1200;

  const search = (form) => {
    const box = one('input[type="search"]', form);
    const place = one("[data-kb-results]", form) || one("[data-kb-results]");
    const pops = place.classList.contains("kb-pop");
    const rest = pops ? null : one("[data-kb-rest]");
    const base = form.getAttribute("action");
    let turn = 0;
    let typing = 0;
    let pause = 0;
    let asking = null;
    let counted = "";
    const loaded = box.value.trim();
    const hits = () => all("[data-kb-hit]", place);
    const fields = () => new URLSearchParams(new FormData(form));

    const show = (html) => {
      place.innerHTML = html;
      if (pops) place.hidden = !html;
      if (rest) rest.hidden = Boolean(html);
    };
    const total = () => Number(one("[data-kb-total]", place)?.dataset.kbTotal ?? "-1");
    const count = (opened) => {
      const q = box.value.trim();
      if (!q || total() < 0) return;
      if (opened || (counted !== q && loaded !== q)) {
        if (!opened) counted = q;
        post(`${base}/count`, { q, found: total() > 0 ? "yes" : "no", opened: opened ? "yes" : "no" }).catch(() => {});
      }
    };
    const ask = async () => {
      const mine = ++turn;
      asking?.abort();
      clearTimeout(pause);
      if (!box.value.trim()) { show(""); return; }
      asking = new AbortController();
      const html = await get(`${base}?${fields()}`, asking.signal).catch(() => undefined);
      // A later letter has asked anew: this answer is stale.
      if (mine !== turn || html === undefined) return;
      if (html === null) { toast("bad", spanish ? "No se pudo buscar. Intente de nuevo." : "The search was not answered. Try again."); return; }
      show(html);
      const found = total();
      if (found >= 0) announce(spanish ? `${found} resultados` : `${found} found`);
      pause = setTimeout(() => count(false), PAUSE);
    };
    const later = () => { clearTimeout(typing); clearTimeout(pause); turn += 1; typing = setTimeout(ask, TYPING); };

    box.addEventListener("input", later);
    for (const filter of form.id ? all(`select[form="${form.id}"]`) : []) filter.addEventListener("change", later);
    form.addEventListener("submit", () => {
      clearTimeout(pause);
      if (counted && counted === box.value.trim()) {
        const told = document.createElement("input");
        told.type = "hidden"; told.name = "counted"; told.value = "1";
        form.append(told);
      }
    });
    const step = (event) => {
      const list = hits();
      const at = list.indexOf(document.activeElement);
      if (event.key === "ArrowDown" && list.length && at < list.length - 1) { event.preventDefault(); list[at + 1].focus(); }
      else if (event.key === "ArrowUp" && at >= 0) { event.preventDefault(); (at ? list[at - 1] : box).focus(); }
      else if (event.key === "Escape") {
        event.preventDefault();
        if (document.activeElement !== box) box.focus();
        else { box.value = ""; clearTimeout(typing); turn += 1; show(""); }
      }
    };
    form.addEventListener("keydown", step);
    if (!form.contains(place)) place.addEventListener("keydown", step);
    place.addEventListener("click", (event) => { if (event.target.closest("[data-kb-hit]")) count(true); });
    if (pops) {
      document.addEventListener("click", (event) => { if (!form.contains(event.target)) place.hidden = true; });
      box.addEventListener("focus", () => { if (place.childElementCount) place.hidden = false; });
    }
  };
  all("[data-kb-search]").forEach(search);

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k" || document.getElementById("desk")) return;
    const box = one('[data-kb-search] input[type="search"]');
    if (box) { event.preventDefault(); box.focus(); box.select(); }
  });

  // ── The contents list follows the scroll ────────────────────────────────────────────────────────────────────
  const toc = one("[data-kb-toc]");
  if (toc) {
    if (window.matchMedia("(max-width: 79.99rem)").matches) toc.open = false;
    const links = new Map(all('a[href^="#"]', toc).map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
    const heads = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
    let drawn = false;
    const follow = () => {
      drawn = false;
      const line = 6 * 16;
      const atEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
      let here = heads.filter((head) => head.getBoundingClientRect().top <= line).pop() || heads[0];
      if (atEnd && location.hash && links.has(decodeURIComponent(location.hash.slice(1)))) here = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      for (const [id, link] of links) {
        if (here && id === here.id) {
          if (!link.hasAttribute("aria-current")) {
            link.setAttribute("aria-current", "true");
            if (toc.scrollHeight > toc.clientHeight) link.scrollIntoView({ block: "nearest" });
          }
        } else link.removeAttribute("aria-current");
      }
    };
    const soon = () => { if (!drawn) { drawn = true; requestAnimationFrame(follow); } };
    window.addEventListener("scroll", soon, { passive: true });
    window.addEventListener("hashchange", soon);
    follow();
  }

  // The page of the reader is in sight in a long menu.
  const here = one(".kb-nav [aria-current]");
  const nav = here?.closest(".kb-nav");
  if (nav && nav.scrollHeight > nav.clientHeight) nav.scrollTop = Math.max(0, here.offsetTop - nav.clientHeight / 3);

  for (const button of all("[data-kb-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // A link to a place of a very long page that lies in another part of it: the server is asked for that part.
  if (one("[data-kb-leaves]")) {
    const seek = () => {
      const id = decodeURIComponent(location.hash.slice(1));
      const url = new URL(location.href);
      if (!id || document.getElementById(id) || url.searchParams.get("at") === id) return;
      url.searchParams.delete("leaf");
      url.searchParams.set("at", id);
      location.replace(url);
    };
    window.addEventListener("hashchange", seek);
    seek();
  }

  // ── Beside the desk ─────────────────────────────────────────────────────────────────────────────────────────
  const panel = document.getElementById("kb-panel");
  if (!panel) return;
  const body = one(".kb-panel__body", panel);
  let opener = null;
  let opening = 0;

  const narrow = () => window.matchMedia("(max-width: 68.74rem)").matches;

  const panelAddress = (address) => {
    const url = new URL(address, location.href);
    if (url.pathname.startsWith("/kb/by-clause/")) return url.pathname;
    const at = decodeURIComponent(url.hash.slice(1));
    return `${url.pathname}/panel${at ? `?at=${encodeURIComponent(at)}` : ""}`;
  };

  /* A paragraph that may go to a customer gets a button that puts it into the reply box. */
  const dressUp = () => {
    for (const item of all("[data-kb-inserts] > li", body)) {
      const target = document.getElementById(item.dataset.anchor);
      const heading = target && /^H\d$/.test(target.tagName);
      const whole = "whole" in item.dataset;
      if (!target || !body.contains(target) || Boolean(heading) !== whole) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button--small button--outline kb-insert";
      button.dataset.insert = "";
      button.dataset.text = item.dataset.text;
      const does = whole ? "Insert all below" : item.dataset.from ? "Insert the public wording" : "Insert";
      button.textContent = `${does} → `;
      // What fits one segment says so to who listens; a mark on every line would hide the long ones.
      if (item.dataset.size !== "1 segment" || whole) {
        const size = document.createElement("span");
        size.className = "kb-size";
        size.textContent = item.dataset.size;
        button.append(size);
      }
      button.setAttribute("aria-label", `${does}, ${item.dataset.size}: ${item.dataset.text.slice(0, 80)}`);
      button.title = item.dataset.from ? `From the public page “${item.dataset.from}”: ${item.dataset.text}` : item.dataset.text;
      if (whole) { target.insertAdjacentElement("afterend", button); continue; }
      const host = target.tagName === "TR" ? target.lastElementChild : target;
      const inner = target.tagName === "SPAN" ? target.parentElement : host;
      const list = one(":scope > ul, :scope > ol", inner);
      if (list) inner.insertBefore(button, list);
      else inner.append(button);
    }
  };

  /* The place that was opened stands in the middle of what the panel shows, or begins at its top where it is taller. The
     panel changes its height while the desk around it settles; the place stays in sight until the reader moves on. */
  let held = null;
  const hold = (place) => {
    held = place;
    if (!place || !body.contains(place)) return;
    const [shown, part] = [body.getBoundingClientRect(), place.getBoundingClientRect()];
    body.scrollTop += part.top - shown.top - Math.max(8, (shown.height - part.height) / 2);
  };
  new ResizeObserver(() => hold(held)).observe(body);
  for (const moved of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    body.addEventListener(moved, () => { held = null; }, { passive: true });
  }

  const openPanel = async (address, from) => {
    const mine = ++opening;
    const html = await get(panelAddress(address)).catch(() => null);
    if (mine !== opening) return;
    if (html === null) { toast("bad", "This page could not be opened. It may be for others, or not in force any more."); return; }
    if (panel.hidden) opener = from || document.activeElement;
    document.getElementById("desk-found")?.replaceChildren();
    if (narrow()) one('.desk-tab[data-tab="centre"]')?.click();
    panel.hidden = false;
    if (narrow()) one(".desk-foot")?.scrollIntoView({ block: "end", behavior: "instant" });
    fit();
    body.innerHTML = html;
    htmx.process(body);
    dressUp();
    const at = one("[data-kb-at]", body)?.dataset.kbAt;
    const target = at ? document.getElementById(at) : null;
    const place = target?.tagName === "SPAN" ? target.parentElement : target;
    if (place && body.contains(place)) {
      place.classList.add("kb-at");
      hold(place);
      place.tabIndex = -1;
      place.focus({ preventScroll: true });
    } else {
      held = null;
      body.scrollTop = 0;
      one("#kb-panel-title", body)?.focus({ preventScroll: true });
    }
    announce(`Knowledge: ${one("#kb-panel-title", body)?.textContent || ""}`);
  };
  const closePanel = () => {
    // Somebody who writes a reply goes on writing.
    const away = panel.contains(document.activeElement) || document.activeElement === document.body;
    panel.hidden = true;
    body.replaceChildren();
    if (away) (opener && document.contains(opener) ? opener : document.getElementById("reply-text"))?.focus();
  };

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    if (event.target.closest("[data-kb-close]")) { closePanel(); return; }
    const link = event.target.closest('a[href^="/kb/"]');
    if (!link || link.target === "_blank" || !link.closest("#desk, #desk-why, #desk-dialog, #kb-panel, #toasts")) return;
    event.preventDefault();
    document.getElementById("desk-why")?.hidePopover?.();
    document.getElementById("desk-dialog")?.close?.();
    openPanel(link.getAttribute("href"), link);
  }, true);
  // On a narrow screen the reply box lies below the panel: it comes to sight when something is put into it.
  body.addEventListener("click", (event) => {
    if (event.target.closest("[data-insert]") && narrow()) closePanel();
  });
  // Within the panel a link to a paragraph of the same page only moves to it.
  body.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link) return;
    event.preventDefault();
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (target && body.contains(target)) hold(target);
  });
  /* By keyboard: I the answer around the place, P the paragraph where one is, L the link; Alt K comes back to the panel. */
  const insertAt = (key) => {
    const here = document.activeElement;
    const near = (here?.closest("[id]") && body.contains(here) && one(".kb-insert", here)) || one(".kb-at .kb-insert", body);
    const button = key === "p" ? near : one(`[data-kb-key="${key}"]`, body) || (key === "i" ? near : null);
    button?.click();
    return Boolean(button);
  };
  document.addEventListener("keydown", (event) => {
    if (panel.hidden || event.isComposing) return;
    const key = event.key.toLowerCase();
    if (event.altKey && !event.ctrlKey && key === "k") {
      event.preventDefault();
      (one(".kb-at", body) || one("#kb-panel-title", body))?.focus();
      return;
    }
    if (event.altKey || event.ctrlKey || event.metaKey || !panel.contains(event.target)) return;
    if (event.target.matches("input, textarea, select") || !["i", "l", "p"].includes(key)) return;
    if (insertAt(key)) { event.preventDefault(); event.stopPropagation(); }
  }, true);
  /* Escape closes the panel wherever one is, after what lies above it: a dialog, a pop-over, the responses, the search. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden || event.isComposing) return;
    const library = document.getElementById("library");
    const above = one("dialog[open], [popover]:popover-open") || (library && !library.hidden) || document.getElementById("desk-found")?.childElementCount;
    if (above) return;
    event.preventDefault();
    event.stopPropagation();
    closePanel();
  }, true);

  /* On a narrow screen the panel takes the place of the transcript alone: the countdown above and Send below stay in sight. */
  const fit = () => {
    const [head, foot] = [one(".desk-head"), one(".desk-foot")].map((part) => part?.getBoundingClientRect());
    const shown = narrow() && head?.height && foot?.height;
    panel.style.top = shown ? `${Math.round(head.bottom)}px` : "";
    panel.style.bottom = shown ? `${Math.max(0, Math.round(window.innerHeight - foot.top))}px` : "";
  };
  const refit = () => { if (!panel.hidden) fit(); };
  window.addEventListener("resize", refit);
  window.addEventListener("scroll", refit, { passive: true });
  for (const told of ["input", "htmx:after:swap", "live:fragments"]) document.addEventListener(told, () => requestAnimationFrame(refit));
  body.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const fields = new URLSearchParams(new FormData(form));
    fields.set("panel", "1");
    const answer = await post(form.getAttribute("action"), fields).catch(() => null);
    const words = answer ? await answer.text() : "";
    if (!answer?.ok) {
      if (words) document.getElementById("toasts")?.insertAdjacentHTML("beforeend", words);
      else toast("bad", "The server cannot be reached. Try again in a moment.");
      return;
    }
    (form.closest("#kb-ack") || form).outerHTML = words;
    announce(one("[data-kb-acknowledged]", body)?.textContent || "");
  });

  window.hearthline.openKnowledge = (address) => openPanel(address, document.activeElement);
})();
