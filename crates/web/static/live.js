/*
 * Keeps an open screen true. The body's `data-live` names a stream of server-sent events; each event brings whole
 * fragments, and each replaces the element with its id by a morph, which keeps focus, caret, typed text, open
 * <details> and scroll position.
 *
 * Why our own EventSource and not htmx's extension: in htmx 4.0.1 (dist/ext/hx-sse.js) `pauseOnBackground` defaults to
 * true for `hx-sse:connect`, and its `visibilitychange` handler cancels the reader as soon as the tab is hidden; it
 * reconnects only when the tab is shown again. A desk must ring while the person works in another tab, and its stream
 * is also the sign that the person is there. An EventSource stays open in hidden tabs. Browsers slow the timers of
 * hidden tabs down, but a ring starts from the event itself, and a tab that has just been heard keeps its timers.
 *
 * What fragments can carry: `<time data-due data-from>` counts down, `<time data-since>` counts up (milliseconds of the
 * server's clock); `data-ring="id"` with `data-ring-words` rings until the element is gone; `data-announce="words"` with
 * an id is read out once; `data-stick="bottom"` keeps a list at its end while it is there.
 */
(() => {
  "use strict";

  const address = document.body.dataset.live;
  if (!address) return;

  // ── The first moment ────────────────────────────────────────────────────────────────────────────────────────
  // htmx takes the page over a moment after it can be used. What is sent in between (Alt+Q at once, on a slow computer)
  // waits for it; left to the browser it would load the page anew and do nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const taken = () => form.hasAttribute("data-htmx-powered");
    if (!form.matches("form[hx-post], form[hx-get]") || taken()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    const again = (tries) => {
      if (taken()) form.requestSubmit(submitter);
      else if (tries > 0 && form.isConnected) setTimeout(again, 20, tries - 1);
    };
    again(250);
  }, true);

  // ── Clocks ──────────────────────────────────────────────────────────────────────────────────────────────────
  // The server's clock counts; this computer's may be wrong by minutes.
  let offset = Number(document.querySelector('meta[name="server-now"]')?.content || Date.now()) - Date.now();
  const now = () => Date.now() + offset;
  const pad = (n) => String(n).padStart(2, "0");
  const span = (milliseconds) => {
    const total = Math.max(0, Math.floor(milliseconds / 1000));
    const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
    return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds)}` : `${minutes}:${pad(seconds)}`;
  };
  const write = (element, words) => { if (element.textContent !== words) element.textContent = words; };
  const tick = () => {
    const at = now();
    for (const clock of document.querySelectorAll("time[data-since]")) write(clock, span(at - Number(clock.dataset.since)));
    for (const clock of document.querySelectorAll("time[data-due]")) {
      const due = Number(clock.dataset.due);
      const from = Number(clock.dataset.from || due);
      const left = due - at;
      // Nobody acts in the very second: for its first ten seconds it is due now, and late only after them (shown.rs).
      const late = left <= -10000;
      const soon = !late && left <= Math.min(60000, Math.max(0, (due - from) / 3));
      const was = clock.textContent === "now" || clock.classList.contains("overdue");
      clock.classList.toggle("soon", soon);
      clock.classList.toggle("overdue", late);
      write(clock, late ? `overdue ${span(-left)}` : left <= 0 ? "now" : span(left + 999));
      if (left <= 0 && !was && clock.dataset.words) window.hearthline.announce(`${clock.dataset.words}: time is up`);
    }
  };
  window.setInterval(tick, 1000);

  // ── Fragments ───────────────────────────────────────────────────────────────────────────────────────────────
  const atBottom = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 48;
  const sticky = new Set();
  const sticks = () => [...document.querySelectorAll('[data-stick="bottom"]')];
  const beforeSwap = () => { sticky.clear(); for (const list of sticks()) if (!list.dataset.stuck || atBottom(list)) sticky.add(list.id); };
  const afterSwap = () => {
    for (const list of sticks()) {
      if (sticky.has(list.id) || !list.dataset.stuck) { list.scrollTop = list.scrollHeight; list.dataset.stuck = "1"; }
    }
  };
  document.addEventListener("htmx:before:swap", beforeSwap);
  document.addEventListener("htmx:after:swap", () => { tick(); afterSwap(); look(); });

  let queue = Promise.resolve();
  const put = async (fragments) => {
    beforeSwap();
    for (const { id, html } of fragments) {
      const target = document.getElementById(id);
      if (!target) continue;
      try {
        await htmx.swap({ sourceElement: document.body, target, swap: "outerMorph ignoreTitle:true", text: html });
      } catch (error) {
        console.error("a fragment could not be put in place", id, error);
      }
    }
    afterSwap();
    tick();
    look();
    document.dispatchEvent(new CustomEvent("live:fragments", { detail: { ids: fragments.map((one) => one.id) } }));
  };

  // ── Ringing ─────────────────────────────────────────────────────────────────────────────────────────────────
  const title = document.title;
  const announced = new Set();
  const rings = new Map();
  let sound = window.localStorage.getItem("hearthline.sound") !== "off";
  let context = null;
  let flash = 0;

  const tone = () => {
    if (!sound) return;
    try {
      context ||= new AudioContext();
      if (context.state === "suspended") context.resume();
      const start = context.currentTime + 0.02;
      // Two soft notes, each a third of a second: noticed in an open-plan office, not hated in it.
      for (const [step, pitch] of [[0, 659.25], [0.22, 880]]) {
        const voice = context.createOscillator();
        const volume = context.createGain();
        voice.type = "sine";
        voice.frequency.value = pitch;
        volume.gain.setValueAtTime(0.0001, start + step);
        volume.gain.exponentialRampToValueAtTime(0.18, start + step + 0.02);
        volume.gain.exponentialRampToValueAtTime(0.0001, start + step + 0.34);
        voice.connect(volume).connect(context.destination);
        voice.start(start + step);
        voice.stop(start + step + 0.36);
      }
    } catch (error) {
      console.warn("this browser makes no sound", error);
    }
  };

  const notify = (id, words) => {
    if (!("Notification" in window) || Notification.permission !== "granted" || !document.hidden) return;
    const one = new Notification(words, { tag: id, icon: "/static/icon.svg", requireInteraction: true });
    one.onclick = () => { window.focus(); one.close(); };
    return one;
  };

  const titled = () => {
    flash += 1;
    const first = rings.values().next().value;
    document.title = first && flash % 2 === 1 ? `(${rings.size}) ${first.words}` : rings.size ? `(${rings.size}) ${title}` : title;
  };

  const look = () => {
    const seen = new Set();
    for (const element of document.querySelectorAll("[data-ring]")) {
      const id = element.dataset.ring;
      const words = element.dataset.ringWords || "New text";
      seen.add(id);
      if (rings.has(id)) continue;
      rings.set(id, { words, notice: notify(id, words) });
      window.hearthline.announce(words);
      tone();
    }
    for (const [id, ring] of rings) {
      if (!seen.has(id)) { ring.notice?.close(); rings.delete(id); }
    }
    titled();
    for (const element of document.querySelectorAll("[data-announce][id]")) {
      const key = `${element.id} ${element.dataset.announce}`;
      if (!announced.has(key)) { announced.add(key); window.hearthline.announce(element.dataset.announce); }
    }
  };
  // Repeated until taken or gone.
  window.setInterval(() => { if (rings.size) tone(); }, 4000);
  window.setInterval(() => { if (rings.size || document.title !== title) titled(); }, 1000);

  const button = document.getElementById("sound");
  const show = () => {
    if (!button) return;
    button.textContent = sound ? "Sound on" : "Sound off";
    button.setAttribute("aria-pressed", String(sound));
  };
  const toggle = () => {
    sound = !sound;
    window.localStorage.setItem("hearthline.sound", sound ? "on" : "off");
    show();
    if (sound) {
      tone();
      if ("Notification" in window && Notification.permission === "default") Notification.requestPermission();
    }
  };
  button?.addEventListener("click", toggle);
  document.addEventListener("keydown", (event) => {
    if (event.altKey && event.key.toLowerCase() === "m") { event.preventDefault(); toggle(); }
  });
  // Browsers let a page make sound only after the person has touched it once.
  const unlock = () => { context ||= new AudioContext(); context.resume(); };
  document.addEventListener("pointerdown", unlock, { once: true });
  document.addEventListener("keydown", unlock, { once: true });
  show();

  // ── The line ────────────────────────────────────────────────────────────────────────────────────────────────
  const banner = document.getElementById("connection");
  let source = null;
  let tries = 0;
  let retryAt = 0;
  let lastWord = Date.now();
  let lost = false;

  const lose = (words) => {
    if (!lost) window.hearthline.announce(words);
    lost = true;
    document.body.classList.add("offline");
    if (banner) { banner.hidden = false; banner.textContent = words; }
  };
  const regain = () => {
    tries = 0;
    lastWord = Date.now();
    if (!lost) return;
    lost = false;
    document.body.classList.remove("offline");
    if (banner) banner.hidden = true;
    window.hearthline.announce("Connected again. The screen is up to date.");
  };

  const again = () => {
    source?.close();
    source = null;
    tries += 1;
    // 1, 2, 4, 8 seconds at most, with a little chance in it, so that a hundred desks do not come back as one.
    const wait = Math.min(8000, 500 * 2 ** Math.min(tries, 4)) * (0.75 + Math.random() / 2);
    retryAt = Date.now() + wait;
  };

  // Every connection begins with the whole screen, so nothing that was missed can stay missing, and nothing repeats.
  // `before` is a stream that this one takes over from: it is closed only once this one is open, because a desk without
  // any open stream counts as left.
  const connect = (before) => {
    retryAt = 0;
    const here = new URL(address, window.location.href);
    const said = document.getElementById("live-params")?.dataset || {};
    for (const part of [said.query, said.more]) for (const [name, value] of new URLSearchParams(part || "")) here.searchParams.set(name, value);
    const mine = new EventSource(here);
    source = mine;
    const on = (name, act) => mine.addEventListener(name, (event) => { if (source === mine) act(event); });
    on("open", () => { before?.close(); regain(); });
    on("beat", regain);
    on("fragments", (event) => {
      regain();
      const word = JSON.parse(event.data);
      offset = word.now - Date.now();
      queue = queue.then(() => (source === mine ? put(word.fragments) : undefined));
    });
    on("trouble", () => lose("The server cannot read its data at this moment. It is trying again."));
    on("signed-out", () => { window.location.href = "/sign-in"; });
    on("error", async () => {
      before?.close();
      if (mine.readyState === EventSource.CLOSED && here.pathname === "/live") {
        // Refused for good by the browser's rules: find out whether the session has ended.
        const answer = await fetch("/api/v1/session", { headers: { Accept: "application/json" } }).catch(() => null);
        if (answer?.status === 401) { window.location.reload(); return; }
      }
      if (source === mine) again();
    });
  };

  // A handset that nobody looks at gives its stream back after a minute: browsers allow six to one server, and the desk
  // and the floor must never wait for one. Those two are never paused.
  let paused = false;
  let pauseTimer = 0;
  if (!address.startsWith("/live")) {
    document.addEventListener("visibilitychange", () => {
      window.clearTimeout(pauseTimer);
      if (document.hidden) pauseTimer = window.setTimeout(() => { paused = true; source?.close(); source = null; }, 60000);
      else if (paused) { paused = false; connect(); }
    });
  }

  window.setInterval(() => {
    if (paused) return;
    const at = Date.now();
    // The server beats every 15 seconds; 40 without a word mean that the line is dead though nobody closed it.
    if (source && at - lastWord > 40000) again();
    if (!source && retryAt && at >= retryAt) connect();
    if (!source) lose(`Connection lost. Trying again in ${Math.max(0, Math.ceil((retryAt - at) / 1000))} s. What you type stays here.`);
  }, 500);
  window.addEventListener("online", () => { if (!source) connect(); });
  // A screen may show something else without a new page, for instance another interaction: it asks for a new stream.
  document.addEventListener("live:reconnect", () => connect(source));
  window.addEventListener("pageshow", (event) => { if (event.persisted) connect(source); });

  look();
  tick();
  afterSwap();
  connect();
})();
