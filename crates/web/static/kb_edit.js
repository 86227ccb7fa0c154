/*
 * Writing the knowledge base: marks for the text, the preview beside it, saving by itself over the version that was read,
 * a question before a page with unsaved words is left, links to pages, pictures and files. Undo stays the browser's: words
 * go in as if they were typed.
 */
(() => {
  "use strict";

  // On a narrow screen the ways stand in one line that moves sideways.
  {
    const here = document.querySelector(".admin-nav [aria-current]");
    const ways = here?.closest(".admin-nav");
    if (ways && ways.scrollWidth > ways.clientWidth) ways.scrollLeft = Math.max(0, here.offsetLeft - 16);
  }

  const $ = (id) => document.getElementById(id);
  document.documentElement.classList.add("js");
  const form = $("editor");
  const csrf = document.querySelector('input[name="csrf"]')?.value ?? "";
  const ask = (address, options = {}) => fetch(address, { ...options, headers: { "X-CSRF-Token": csrf, "HX-Request": "true", ...options.headers } });

  // ── The mailbox of a policy question, named before it is sent ───────────────────────────────────────────────
  const programme = $("f-programme");
  const boxes = [...document.querySelectorAll(".kbe-boxes [data-programme]")];
  const goesTo = $("goes-to");
  if (goesTo) {
    const tell = () => {
      const chosen = document.querySelector('input[name="route"]:checked')?.value;
      const box = boxes.find((one) => one.dataset.programme === programme?.value);
      for (const one of boxes) one.toggleAttribute("data-chosen", one === box && chosen === "policy");
      const named = $("f-case")?.value.trim() !== "";
      if (named) goesTo.textContent = "It names a case, so no e-mail leaves.";
      else if (chosen !== "policy") goesTo.textContent = "No e-mail leaves.";
      else goesTo.textContent = box ? `An e-mail goes to ${box.textContent.split(": ").slice(1).join(": ").trim()} and to nobody else.` : "Choose the programme; it chooses the mailbox.";
    };
    document.addEventListener("input", tell);
    document.addEventListener("change", tell);
    tell();
  }

  if (!form) return;
  const body = $("f-body");
  const status = $("auto");
  const preview = $("preview-text");

  // ── Unsaved words ───────────────────────────────────────────────────────────────────────────────────────────
  const now = () => new URLSearchParams(new FormData(form)).toString();
  let kept = now();
  let leaving = false;
  let saving = null;
  const changed = () => now() !== kept;
  window.addEventListener("beforeunload", (event) => { if (!leaving && changed()) event.preventDefault(); });
  // A save that is under way ends first, or the form would be one version behind its own draft.
  form.addEventListener("submit", async (event) => {
    if (!saving) { leaving = true; return; }
    event.preventDefault();
    const { submitter } = event;
    await saving;
    form.requestSubmit(submitter);
  });
  for (const way of document.querySelectorAll("[data-leave]")) way.addEventListener(way.tagName === "FORM" ? "submit" : "click", () => { leaving = true; });

  // ── Saving by itself ────────────────────────────────────────────────────────────────────────────────────────
  let stopped = form.dataset.auto !== "on";
  let timer = 0;
  const say = (words) => { status.textContent = words; };
  const save = async () => {
    window.clearTimeout(timer);
    if (stopped || leaving || !changed()) return;
    if (saving) { await saving; return save(); }
    const sent = now();
    saving = (async () => {
      const answer = await ask(`/kb/edit/auto/${form.dataset.slug}`, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(sent) }).catch(() => null);
      if (!answer) { say("Not saved: the server does not answer. Your words stay here; it tries again with your next change."); return; }
      const told = await answer.json().catch(() => ({}));
      if (answer.ok) {
        for (const field of document.querySelectorAll('input[name="expected"]')) field.value = told.version;
        const was = new URLSearchParams(sent);
        was.set("expected", told.version);
        kept = was.toString();
        say(`Saved by itself at ${told.at}.`);
      } else {
        // Somebody was quicker, or a field is wrong: the button Save shows both texts, or the field.
        if (answer.status === 409) stopped = true;
        say(`Not saved. ${told.says ?? "Press Save the draft to see why."}`);
      }
    })();
    await saving.finally(() => { saving = null; });
  };
  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    if (stopped) { if (status.textContent === "") say("Not saved yet."); return; }
    if (changed()) say("Not saved yet.");
    timer = window.setTimeout(save, 1500);
  });

  // ── Preview ─────────────────────────────────────────────────────────────────────────────────────────────────
  let drawn = 0;
  const draw = async () => {
    const mine = ++drawn;
    const answer = await ask("/kb/edit/preview", { method: "POST", body: new URLSearchParams({ body: body.value }) }).catch(() => null);
    // A later keystroke has its own answer.
    if (!answer?.ok || mine !== drawn) return;
    const top = preview.scrollTop;
    preview.innerHTML = await answer.text();
    preview.scrollTop = top;
  };
  let pause = 0;
  body.addEventListener("input", () => { window.clearTimeout(pause); pause = window.setTimeout(draw, 400); });

  // ── Marks ───────────────────────────────────────────────────────────────────────────────────────────────────
  const insert = (words, from = body.selectionStart, to = body.selectionEnd) => {
    body.focus();
    body.setSelectionRange(from, to);
    // The one way to put words in that the browser's own undo knows.
    if (!document.execCommand("insertText", false, words)) {
      body.setRangeText(words, from, to, "end");
      body.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  const chosen = () => body.value.slice(body.selectionStart, body.selectionEnd);
  const around = (mark, empty) => {
    const from = body.selectionStart;
    const words = chosen() || empty;
    insert(`${mark}${words}${mark}`);
    body.setSelectionRange(from + mark.length, from + mark.length + words.length);
  };
  const lines = (mark) => {
    const from = body.value.lastIndexOf("\n", body.selectionStart - 1) + 1;
    const end = body.value.indexOf("\n", body.selectionEnd);
    const to = end < 0 ? body.value.length : end;
    const old = body.value.slice(from, to);
    insert(old.split("\n").map((line, at) => mark(line, at)).join("\n"), from, to);
  };
  const block = (words) => {
    const before = body.value.slice(0, body.selectionStart);
    const gap = before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    insert(`${gap}${words}\n\n`, body.selectionEnd, body.selectionEnd);
  };
  const box = (kind, empty) => {
    const words = chosen() || empty;
    const text = `> [!${kind}]\n${words.split("\n").map((line) => `> ${line}`).join("\n")}`;
    if (chosen()) insert(text); else block(text);
  };
  const ways = {
    heading: () => lines((line) => (/^#{2,5} /.test(line) ? `#${line}` : `## ${line.replace(/^#+ /, "")}`)),
    bold: () => around("**", "bold"),
    italic: () => around("*", "italic"),
    list: () => lines((line) => (line.startsWith("- ") ? line.slice(2) : `- ${line}`)),
    numbers: () => lines((line, at) => (/^\d+\. /.test(line) ? line.replace(/^\d+\. /, "") : `${at + 1}. ${line}`)),
    table: () => block("| Column | Column |\n| --- | --- |\n| words | words |"),
    script: () => box("SCRIPT", "The prescribed words."),
    note: () => box("NOTE", "What is good to know."),
    supervisors: () => box("SUPERVISORS", "What only supervisors and above shall see."),
    link: () => link(),
    file: () => $("file").click(),
  };
  const tools = document.querySelector(".kbe-tools");
  tools.hidden = false;
  tools.addEventListener("mousedown", (event) => event.preventDefault());
  tools.addEventListener("click", (event) => ways[event.target.closest("[data-mark]")?.dataset.mark]?.());
  body.addEventListener("keydown", (event) => {
    const way = { b: "bold", i: "italic", k: "link" }[event.key.toLowerCase()];
    if (!way || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    ways[way]();
  });

  // ── Links to pages ──────────────────────────────────────────────────────────────────────────────────────────
  const dialog = $("link-dialog");
  const query = $("link-q");
  const found = $("link-found");
  let place = [0, 0];
  const look = async () => {
    const words = query.value;
    const answer = await ask(`/kb/edit/pages?${new URLSearchParams({ q: words })}`).catch(() => null);
    if (answer?.ok && query.value === words) found.innerHTML = await answer.text();
  };
  const link = () => {
    place = [body.selectionStart, body.selectionEnd];
    query.value = chosen().slice(0, 80);
    dialog.showModal();
    query.select();
    look();
  };
  query.addEventListener("input", () => { window.clearTimeout(pause); pause = window.setTimeout(look, 200); });
  query.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); found.querySelector("[data-slug]")?.click(); }
    if (event.key === "ArrowDown") { event.preventDefault(); found.querySelector("[data-slug]")?.focus(); }
  });
  found.addEventListener("click", (event) => {
    const one = event.target.closest("[data-slug]");
    if (!one) return;
    dialog.close();
    const words = body.value.slice(...place) || one.dataset.title;
    insert(`[${words}](kb:${one.dataset.slug})`, ...place);
  });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => body.focus());

  // ── Pictures and files ──────────────────────────────────────────────────────────────────────────────────────
  const row = (told) => {
    const item = document.createElement("li");
    const keep = Object.assign(document.createElement("input"), { type: "hidden", name: "attachment", value: told.json });
    const name = Object.assign(document.createElement("a"), { href: `/kb/file/${told.hash}`, target: "_blank", rel: "noopener", textContent: told.name });
    const about = Object.assign(document.createElement("span"), { className: "small muted", textContent: `${Math.ceil(told.size / 1024)} KB${told.picture ? ", picture" : ""}` });
    const drop = Object.assign(document.createElement("label"), { className: "check small" });
    drop.append(Object.assign(document.createElement("input"), { type: "checkbox", name: "drop", value: told.hash }), " ", Object.assign(document.createElement("span"), { textContent: "Remove" }));
    item.append(keep, name, " ", about, " ", drop);
    $("files").append(item);
    $("files-none").hidden = true;
  };
  const upload = async (file) => {
    if (!file) return;
    if (file.size > 5 * 1024 * 1024) { say(`${file.name} is larger than 5 MB and was not taken.`); return; }
    say(`Taking in ${file.name} …`);
    const answer = await ask(`/kb/edit/files?${new URLSearchParams({ name: file.name })}`, { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream", Accept: "application/json" } }).catch(() => null);
    const told = await answer?.json().catch(() => ({}));
    if (!answer?.ok) { say(`${file.name} was not taken. ${told?.says ?? "The server does not answer; try again."}`); return; }
    row(told);
    // The draft knows the file before the preview asks for it.
    await save();
    const words = told.name.replace(/[[\]()\n]/g, " ").trim();
    const from = body.selectionEnd;
    insert(told.picture ? `![${words.replace(/\.\w+$/, "")}](file:${told.hash})` : `[${words}](file:${told.hash})`, body.selectionEnd, body.selectionEnd);
    if (told.picture) {
      // What the picture shows is written by a person: the file's name is marked, so that typing takes its place.
      const at = body.value.indexOf("![", from) + 2;
      if (at >= 2) body.setSelectionRange(at, body.value.indexOf("]", at));
      body.focus();
      say(`${told.name} is attached. Write in place of its name what the picture shows, for those who cannot see it.`);
    } else say(`${told.name} is attached.`);
  };
  $("file").addEventListener("change", async (event) => { await upload(event.target.files[0]); event.target.value = ""; });
  body.addEventListener("drop", (event) => { const file = event.dataTransfer?.files[0]; if (file) { event.preventDefault(); upload(file); } });
  body.addEventListener("paste", (event) => { const file = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/")); if (file) { event.preventDefault(); upload(file); } });
})();
