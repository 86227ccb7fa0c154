// A visit booked by the customer alone: on a phone without a script, from the help centre to the text with its link, a
// change and a cancellation; then with one, by keyboard, in both languages, in light and dark, and with everything wrong
// that a form can hold.

import assert from "node:assert/strict";
import { test } from "node:test";

import { SIZES, waitForText } from "../lib/browser.mjs";
import { allow, CUSTOMERS, inScene, sound } from "../lib/scene.mjs";

/** A refused form is answered with its own page; the browser's console says the status besides. */
const REFUSED = /status of (422|404)/;

/** The path of the link in the last text on the phone. */
async function linkOf(handset) {
  await waitForText(handset.page, "#thread-a .bubble__text", /\/visit\/[\w-]{20}/);
  const texts = await handset.page.locator("#thread-a .bubble__text").allTextContents();
  return texts.flatMap((text) => text.match(/\/visit\/[\w-]{20,}/g) ?? []).at(-1);
}

/** To a day a week ahead or later on which the office is open: today may be nearly over, or a holiday. */
async function quietDay(page) {
  const asked = new URL(page.url());
  for (let ahead = 7; ahead < 21; ahead += 1) {
    asked.searchParams.set("day", new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10));
    await page.goto(asked.href);
    if ((await page.locator(".visit-slot").count()) >= 6) return;
  }
  assert.fail("the office is open on some day of two weeks");
}

/** From the first step to the contact, for the first time that is free. Answers with the time in words. */
async function chooseTime(page, { kind = "ebt-card", time = 0 } = {}) {
  await page.locator("#near").fill("65201");
  await page.locator(".visit-find button").click();
  await page.locator('input[type=radio][value="boone"]').check();
  await page.locator(".visit-go").click();
  await page.locator(`input[name=kind][value="${kind}"]`).check();
  await page.locator(".visit-go").click();
  await quietDay(page);
  const slot = page.locator(".visit-slot").nth(time);
  const words = (await slot.innerText()).trim();
  await slot.locator("input").check();
  await page.locator(".visit-times .visit-go").click();
  await page.locator("#phone").waitFor();
  return words;
}

test("PHONE-APPT-23: on a phone and without a script a visit is booked, changed and cancelled", () => inScene([], async (scene) => {
  const handset = await scene.handset(CUSTOMERS[0]);
  const context = await scene.browser.newContext({ baseURL: scene.server.url.replace("127.0.0.1", "localhost"), javaScriptEnabled: false, viewport: SIZES.phone });
  const page = await context.newPage();
  await page.goto("/help?lang=en");
  await page.getByRole("link", { name: "Schedule an appointment" }).click();
  const time = await chooseTime(page);
  await page.locator("#phone").fill("(573) 555-0101");
  await page.locator("#texts").check();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("heading", { name: "Check and book" }).waitFor();
  assert.ok((await page.locator(".visit-rows").innerText()).includes(time));
  assert.ok(!page.url().includes("555"), "no number stands in an address");
  await page.getByRole("button", { name: "Book this visit" }).click();
  await page.getByRole("heading", { name: "Your visit is booked" }).waitFor();
  await handset.receives(/your visit is set for/);

  await page.goto(await linkOf(handset));
  assert.ok((await page.locator(".visit-rows").innerText()).includes(time));
  await page.getByRole("button", { name: "I will come" }).click();
  await page.getByText("You told us that you will come.").waitFor();
  await page.getByRole("link", { name: "Change the time" }).click();
  const slot = page.locator(".visit-slot").nth(2);
  const other = (await slot.innerText()).trim();
  assert.notEqual(other, time);
  await slot.locator("input").check();
  await page.getByRole("button", { name: "Change to this time" }).click();
  await page.getByText("Your visit has a new time.").waitFor();
  assert.ok((await page.locator(".visit-rows").innerText()).includes(other));
  await handset.receives(/your visit is now on/);

  const link = await linkOf(handset);
  await page.goto(link);
  await page.getByRole("link", { name: "Cancel the visit" }).click();
  await page.getByRole("button", { name: "Yes, cancel the visit" }).click();
  await page.getByRole("heading", { name: "Your visit is cancelled" }).waitFor();
  await handset.receives(/will not take place/);
  await page.goto(link);
  await page.getByRole("heading", { name: "This link does not open a visit" }).waitFor();
  await context.close();
}));

test("every step and every page behind the link is accessible, in both languages, light and dark", () => inScene([], async (scene) => {
  for (const [lang, scheme, number] of [["en", "dark", 1], ["es", "light", 2]]) {
    const handset = await scene.handset(CUSTOMERS[number]);
    const person = await scene.window(null, { size: SIZES.phone });
    allow(person, REFUSED);
    const { page } = person;
    await page.emulateMedia({ colorScheme: scheme });
    const look = (where) => sound(page, `${where}, ${lang}, ${scheme}`);
    await page.goto(`/visit?lang=${lang}`);
    await look("office");
    await page.goto(`/visit?lang=${lang}&near=99999`);
    await look("no office");
    await page.goto(`/visit?lang=${lang}&near=65201&office=boone&from=kind`);
    await look("kind with a fault");
    await page.goto(`/visit?lang=${lang}&office=boone&kind=ebt-card&day=2027-02-29`);
    await look("time with a fault");
    await page.goto(`/visit?lang=${lang}`);
    await chooseTime(page, { time: number });
    await look("contact");
    await page.locator("#phone").fill("+44 20 7946 0958");
    await page.locator("input[name=interpreter][value=yes]").check();
    await page.locator(".visit-go").click();
    await page.locator("#visit-faults").waitFor();
    await look("contact with faults");
    await page.locator("#phone").fill(CUSTOMERS[number]);
    await page.locator("#tongue").fill("Bosnian");
    await page.locator("#texts").check();
    await page.locator(".visit-go").click();
    await page.locator("#book").waitFor();
    await look("confirm");
    await page.locator("#book").click();
    await page.waitForURL(/\/visit\/done\//);
    await look("done");
    const link = await linkOf(handset);
    for (const part of ["", "/time", "/cancel"]) {
      await page.goto(`${link}${part}?lang=${lang}`);
      await look(`link${part}`);
    }
    await page.goto(`/visit/AAAAAAAAAAAAAAAAAAAAAAAA?lang=${lang}`);
    await look("a link that opens nothing");
    await person.close();
  }
}));

test("by keyboard: the faults take the focus, lead to their fields and keep what was typed; two clicks book once", () => inScene([], async (scene) => {
  const person = await scene.window(null, { size: SIZES.phone });
  allow(person, REFUSED);
  const { page } = person;
  const focused = () => page.evaluate(() => document.activeElement.id);
  await page.goto("/visit?lang=en");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await focused(), "visit-title");
  await chooseTime(page, { kind: "interview" });
  assert.equal(await page.locator("#tongue").isVisible(), false, "the language is asked of those who need an interpreter");
  await page.locator("#phone").fill("12345");
  await page.locator("#phone").press("Enter");
  await page.locator("#visit-faults").waitFor();
  assert.equal(await focused(), "visit-faults");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await focused(), "phone");
  assert.equal(await page.locator("#phone").inputValue(), "12345");
  await page.locator("#phone").fill("573 555 0144");
  await page.locator("#phone").press("Enter");
  await page.locator("#book").dblclick();
  await page.getByRole("heading", { name: "Your visit is booked" }).waitFor();

  // Somebody else with the same form open is told that the time is taken, and keeps what they typed.
  const rows = await page.locator(".visit-rows").innerText();
  const other = await scene.window(null, { size: SIZES.phone });
  allow(other, REFUSED);
  await other.page.goto("/visit?lang=en");
  await chooseTime(other.page, { kind: "interview" });
  const start = await other.page.locator('input[name="start"]').first().getAttribute("value");
  await other.page.locator("#phone").fill("573 555 0145");
  await other.page.locator("#phone").press("Enter");
  await other.page.locator("#book").waitFor();
  await page.goto("/visit?lang=en");
  await chooseTime(page, { kind: "interview" });
  assert.equal(await page.locator('input[name="start"]').first().getAttribute("value"), start, rows);
  await page.locator("#phone").fill("573 555 0144");
  await page.locator("#phone").press("Enter");
  await page.locator("#book").click();
  await page.getByRole("heading", { name: "Your visit is booked" }).waitFor();
  await other.page.locator("#book").click();
  await waitForText(other.page, "#visit-faults", /is taken\./);
  await sound(other.page, "a time that is taken");
  await other.page.locator(".visit-pick").first().click();
  await other.page.locator("#book").waitFor();
  assert.ok((await other.page.locator(".visit-rows").innerText()).includes("(573) 555-0145"));
  await other.page.locator("#book").click();
  await other.page.getByRole("heading", { name: "Your visit is booked" }).waitFor();
}));
