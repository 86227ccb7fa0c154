// Reading the knowledge base: searching while one types, the contents list, a page beside the desk, the help centre with and
// without a script, in both languages; and no accessibility fault on any of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { waitForText } from "../lib/browser.mjs";
import { CUSTOMERS, filled, inScene, sound } from "../lib/scene.mjs";

const STAFF = ["/kb", "/kb/categories", "/kb/sms-text-sop", "/kb/im-31", "/kb/search?q=interview", "/kb/search?q=zzqqzz", "/kb/sms-text-sop?print=1", "/kb/sms-text-sop?edition=1", "/kb/phone-numbers-and-hours", "/kb?on=2021-02-03", "/kb/im-05?on=2021-03-01", "/kb/search?q=hours&on=2021-03-01", "/kb/search?q=interview&page=interviews", "/kb/memos", "/kb/reading"];
const PUBLIC = ["/?lang=en", "/?lang=es", "/help/help-text-us", "/help/ayuda-mensajes-de-texto", "/help/search?q=interview&lang=en", "/help/search?q=lost+card&lang=es"];

test("KB-PAGE-1: every page of the knowledge base and the help centre is without accessibility faults, wide and narrow", () => inScene([], async (scene) => {
  const staff = await scene.window("sofia");
  for (const place of STAFF) {
    await staff.page.goto(place);
    await sound(staff.page, place);
  }
  const visitor = await scene.window(null);
  for (const place of PUBLIC) {
    await visitor.page.goto(place);
    await sound(visitor.page, place);
  }
  // MEDSUP-NAV-1: one Tab and Enter, and the heading has the focus.
  await staff.page.goto("/kb/sms-text-sop");
  await staff.page.keyboard.press("Tab");
  assert.equal(await staff.page.evaluate(() => document.activeElement.textContent), "Skip to content");
  await staff.page.keyboard.press("Enter");
  assert.equal(await staff.page.evaluate(() => document.activeElement.id), "kb-title");
}));

test("KB-PAGE-6: the contents list follows the scroll and leads to its headings", () => inScene([], async (scene) => {
  const { page } = await scene.window("ana");
  await page.goto("/kb/sms-text-sop");
  const links = page.locator("[data-kb-toc] a");
  const last = links.nth((await links.count()) - 4);
  const anchor = (await last.getAttribute("href")).slice(1);
  await last.click();
  await page.waitForFunction((id) => document.querySelector("[data-kb-toc] [aria-current]")?.hash === `#${id}`, anchor);
  await page.evaluate(() => window.scrollTo(0, 0));
  const first = await links.first().getAttribute("href");
  await page.waitForFunction((hash) => document.querySelector("[data-kb-toc] [aria-current]")?.getAttribute("href") === hash, first);
}));

test("searching as one types: arrows, Enter, Escape; a pause counts once", () => inScene([], async (scene) => {
  const { page } = await scene.window("ana");
  const counted = [];
  page.on("request", (request) => { if (request.url().endsWith("/kb/search/count")) counted.push(request.postData()); });
  await page.goto("/kb");
  const box = page.locator("#kb-q");
  const settled = page.waitForRequest((request) => request.url().endsWith("/kb/search/count"));
  await box.pressSequentially("greeting", { delay: 20 });
  await page.locator("[data-kb-hit]").first().waitFor();
  await settled;
  assert.equal(counted.length, 1);
  assert.match(counted[0], /q=greeting&found=yes&opened=no/);
  await box.press("ArrowDown");
  assert.ok(await page.evaluate(() => document.activeElement.matches("[data-kb-hit]")));
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.id), "kb-q");
  await page.keyboard.press("Escape");
  await page.locator("[data-kb-hit]").first().waitFor({ state: "detached" });
  await box.fill("im-31");
  await page.locator('[data-kb-hit][href^="/kb/im-31"]').first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/kb\//);
  await page.locator("#kb-title").waitFor();
}));

test("beside the desk: a clause opens its very paragraph, and public words go into the reply", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[0]);
  const desk = await scene.onQueue("ana");
  const { page } = desk;
  await customer.text("How do I send documents?");
  await desk.accept(CUSTOMERS[0]);
  const clause = page.locator(".desk-panel a.clause").first();
  const id = (await clause.textContent()).trim();
  await clause.click();
  await page.locator("#desk-why .kb-read").click();
  await page.locator(`#kb-panel [id="${id}"]`).first().waitFor();
  await page.locator("#kb-panel .kb-at").waitFor();
  assert.match(page.url(), /\/desk/, "the desk stays");
  await sound(page, "the panel beside the desk");
  await page.keyboard.press("Escape");
  await page.locator("#kb-panel").waitFor({ state: "hidden" });

  await page.keyboard.press("Control+k");
  await page.locator("#desk-find-q").fill("send documents");
  const hit = page.locator('#desk-found a[href^="/kb/help-send-documents"]').first();
  await hit.waitFor();
  await sound(page, "what was found");
  await hit.click();
  await page.locator("#kb-panel .kb-insert").first().waitFor();
  const words = await page.locator("#kb-panel .kb-insert").first().getAttribute("data-text");
  await page.locator("#kb-panel .kb-insert").first().click();
  assert.equal(await filled(desk.box), words);
  await desk.box.fill("");
  await page.locator("#kb-panel").getByRole("button", { name: "Insert link" }).click();
  assert.match(await filled(desk.box), /\/help\/help-send-documents/);

  // By keyboard alone: search, open, put the answer in where the cursor stands, see its size, and take it out again.
  await desk.box.fill("Hello. Bye.");
  await desk.box.evaluate((box) => { box.focus(); box.setSelectionRange(6, 6); });
  await page.keyboard.press("Control+k");
  await page.locator("#desk-find-q").fill("send documents");
  await hit.waitFor();
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction(() => document.activeElement?.closest("#desk-found"));
  while (!/help-send-documents/.test(await page.evaluate(() => document.activeElement.getAttribute("href") ?? ""))) {
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Enter");
  const answer = page.locator('#kb-panel [data-kb-key="i"]');
  await answer.waitFor();
  await sound(page, "a page with an answer to insert");
  await page.keyboard.press("i");
  const whole = await answer.getAttribute("data-text");
  assert.ok(whole.includes("\n"), "more than one paragraph");
  assert.equal(await desk.box.inputValue(), `Hello.\n${whole} Bye.`);
  await waitForText(page, "#reply-count", new RegExp(`^${`Hello.\n${whole} Bye.`.length}/1600 · [1-9]`));
  await page.keyboard.press("Control+z");
  assert.equal(await desk.box.inputValue(), "Hello. Bye.");
  await page.keyboard.press("Alt+k");
  assert.ok(await page.evaluate(() => document.getElementById("kb-panel").contains(document.activeElement)));
  await page.keyboard.press("l");
  assert.match(await desk.box.inputValue(), /^Hello\. http\S+\/help\/help-send-documents\S* Bye\.$/);
}));

/** Waits until the paragraph that was opened, or as much of it as fits, stands in what the panel shows. */
const stands = (page, id) => page.waitForFunction((id) => {
  const at = document.querySelector("#kb-panel .kb-at");
  if (!at || (at.id !== id && !at.querySelector(`[id="${id}"]`))) return false;
  const [part, shown] = [at, document.querySelector(".kb-panel__body")].map((one) => one.getBoundingClientRect());
  const most = Math.min(part.height, shown.height - 32);
  return Math.min(part.bottom, shown.bottom) - Math.max(part.top, shown.top) >= most - 1;
}, id);

test("on a phone the clause's paragraph stands in the panel, also after the panel has found its size", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[0]);
  const desk = await scene.onQueue("ana");
  const { page } = desk;
  await customer.text("How do I send documents?");
  await desk.accept(CUSTOMERS[0]);
  await page.setViewportSize({ width: 360, height: 740 });
  await page.locator('.desk-tab[data-tab="side"]').click();
  const clause = page.locator(".desk-panel a.clause").first();
  const id = (await clause.textContent()).trim();
  await clause.click();
  await page.locator("#desk-why .kb-read").click();
  await stands(page, id);
  for (const other of ["SMS-HOLD-1", "SMS-KEY-1", "SMS-GEN-4"]) {
    await page.evaluate((id) => window.hearthline.openKnowledge(`/kb/by-clause/${id}`), other);
    await stands(page, other);
    // The panel becomes smaller beneath it, as when a suggestion or a longer reply comes in.
    await page.setViewportSize({ width: 360, height: 600 });
    await stands(page, other);
    await page.setViewportSize({ width: 360, height: 740 });
  }
}));

test("IM31-ACK-1: a memo is read and acknowledged", () => inScene([], async (scene) => {
  const { page } = await scene.window("ana");
  await page.goto("/kb");
  await page.getByRole("region", { name: "Memos to read" }).locator('a[href="/kb/im-31"]').click();
  await page.getByRole("button", { name: /I have read edition/ }).click();
  await waitForText(page, ".notice--ok", /Acknowledged/);
  await page.goto("/kb");
  assert.equal(await page.getByRole("region", { name: "Memos to read" }).locator('a[href="/kb/im-31"]').count(), 0);
}));

test("without a script visitors read, search, vote and change the language", () => inScene([], async (scene) => {
  const context = await scene.browser.newContext({ baseURL: scene.server.url.replace("127.0.0.1", "localhost"), javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  await page.goto("/");
  await page.getByRole("link", { name: "Español" }).click();
  await page.getByRole("heading", { name: "¿Cómo podemos ayudarle?" }).waitFor();
  await page.locator("#kb-q").fill("entrevista");
  await page.locator("#kb-q").press("Enter");
  await page.locator("[data-kb-hit]").first().click();
  await page.getByRole("button", { name: "Sí", exact: true }).click();
  await page.getByRole("status").filter({ hasText: "Gracias" }).waitFor();
  assert.ok((await page.locator("html").getAttribute("lang")) === "es");
  await context.close();
}));

test("what was in force on a day is asked once, goes along with every link, and leads back to today", () => inScene([], async (scene) => {
  const { page } = await scene.window("ana");
  await page.goto("/kb");
  await page.getByText("As of a day").click();
  await page.getByLabel("The whole site as in force on").fill("2021-03-01");
  await page.getByRole("button", { name: "Show" }).click();
  await waitForText(page, ".kb-day", /as it was in force on March 1, 2021/);
  assert.equal(await page.getByRole("region", { name: "Memos to read" }).count(), 0, "nobody owed anything on that day");
  await page.locator("#kb-q").fill("overtime");
  await page.locator('[data-kb-hit][href^="/kb/im-05?on=2021-03-01"]').first().click();
  await waitForText(page, ".kb-day", /March 1, 2021/);
  await page.getByRole("link", { name: "IMResourcesHome" }).click();
  await waitForText(page, ".kb-day", /March 1, 2021/);
  await page.getByRole("link", { name: "Back to today" }).click();
  await page.locator("#kb-title").waitFor();
  assert.equal(await page.locator(".kb-day").count(), 0);
  assert.ok(!page.url().includes("on="));
}));

test("the hits within one page are listed, and every step of a procedure has its whole number", () => inScene([], async (scene) => {
  const { page } = await scene.window("ana");
  await page.goto("/kb/search?q=interview");
  await page.locator(".kb-hit__more").first().click();
  await waitForText(page, ".kb-hits__corrected", /Only in/);
  assert.ok((await page.locator("[data-kb-hit]").count()) > 1);
  await page.getByRole("link", { name: "Search every page again" }).click();
  await page.locator(".kb-hit__more").first().waitFor();
  await page.goto("/kb/sms-text-sop");
  const content = await page.locator(".kb-text ol.kb-list > li").first().evaluate((item) => getComputedStyle(item, "::marker").content);
  assert.match(content, /counters\(list-item/);
}));

test("on a phone the text begins on the first screen", () => inScene([], async (scene) => {
  const { page } = await scene.window("sofia", { size: { width: 360, height: 780 } });
  for (const place of ["/kb", "/kb/sms-text-sop", "/kb/memos", "/kb/reading"]) {
    await page.setViewportSize({ width: 360, height: 780 });
    await page.goto(place);
    const top = await page.locator("h1").first().evaluate((title) => title.getBoundingClientRect().bottom);
    assert.ok(top < 330, `${place}: the heading ends at ${Math.round(top)}`);
  }
}));
