// One visit around the whole circle, on a phone and on a wide screen: booked by the customer, "reschedule" from the handset,
// moved at the desk while another customer rings, seen at the office and in the calendar feed. Then a working day at the
// office: somebody came, somebody did not, somebody walked in. The demo's clock stands on a Tuesday without holidays near.

import assert from "node:assert/strict";
import { test } from "node:test";

import { SIZES, waitForText } from "../lib/browser.mjs";
import { allow, CUSTOMERS, inScene, shown, sound, until } from "../lib/scene.mjs";

const DAY = "2027-03-02";
const begins = (time) => ["--begin-at", `${DAY}T${time}`];

/** An instant as the feed writes it: `20270304T150000Z`. */
function instant(start) {
  return new Date(start).toISOString().replace(/[-:]|\.\d+/g, "");
}

/** A start on the office's wall clock: `20270304T090000`. */
function wall(start) {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: "America/Chicago", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).formatToParts(new Date(start));
  const of = (type) => parts.find((part) => part.type === type).value;
  return `${of("year")}${of("month")}${of("day")}T${of("hour")}${of("minute")}00`;
}

/** Books on the public pages at a time that is named, and answers with the day and time of its done page. */
async function book(page, number, start, { lang = "en" } = {}) {
  await page.goto(`/visit?lang=${lang}`);
  await page.locator("#near").fill("Boone");
  await page.locator(".visit-find button").click();
  await page.locator('input[name="office"][value="boone"]').check();
  await page.locator(".visit-go").click();
  await page.locator('input[name="kind"][value="interview"]').check();
  await page.locator(".visit-go").click();
  const asked = new URL(page.url());
  asked.searchParams.set("day", start.slice(0, 10));
  await page.goto(asked.href);
  await sound(page, "the times of a day");
  await page.locator(`.visit-slot input[value="${start}"]`).check();
  await page.locator(".visit-times .visit-go").click();
  await page.locator("#phone").fill(shown(number));
  await page.locator("#texts").check();
  await page.locator(".visit-go").click();
  await page.locator("#book").click();
  await page.locator(".visit-card--ok").waitFor();
  await sound(page, "booked");
}

/** The secret address of the office's calendar, as it is shown once. */
async function feedOf(admin) {
  await admin.page.goto("/admin/offices/boone");
  await admin.page.getByRole("button", { name: "Make an address" }).click();
  await admin.page.locator("#feed-address").waitFor();
  await sound(admin.page, "the address of a calendar feed");
  return (await admin.page.locator("#feed-address").innerText()).trim();
}

/** The calendar as another program reads it: folded lines put together. */
async function feed(scene, address) {
  const answer = await fetch(`${scene.server.url}${new URL(address).pathname}`);
  assert.equal(answer.status, 200);
  return (await answer.text()).replaceAll("\r\n ", "");
}

for (const [name, size] of Object.entries(SIZES)) {
  test(`SMS-APPT-1 to SMS-APPT-6, PHONE-APPT-23: booked, "reschedule" from the handset, moved at the desk, seen at the office and in the feed (${name})`, () => inScene(begins("08:05"), async (scene) => {
    const [number, second] = CUSTOMERS;
    const admin = await scene.window("morgan", { size });
    const address = await feedOf(admin);
    const customer = await scene.window(null, { size: SIZES.phone });
    await book(customer.page, number, "2027-03-04T09:00");
    const before = instant(Date.parse("2027-03-04T09:00:00-06:00"));
    assert.ok((await feed(scene, address)).includes(`DTSTART:${before}`));

    const handset = await scene.handset(number);
    await handset.receives("your visit is set for Thursday, March 4 at 9:00 am");
    assert.ok(await handset.page.locator('#thread-a .bubble__text a[href^="/visit/"]').count(), "the link can be pressed");
    await handset.text("reschedule");
    await handset.receives("We will find another time for you");

    const desk = await scene.onQueue("ana", { size });
    const { page } = desk;
    const id = await desk.accept(number);
    await waitForText(page, `#desk-visit-${id}`, "wants another time");
    await page.locator(`#desk-visit-${id}`).getByRole("link", { name: "Open the visit" }).click();
    await page.locator("#appt").getByRole("button", { name: /^Move/ }).click();
    await page.locator("#appt-move-title").waitFor();

    // Somebody else rings meanwhile: in the panel, with its clock; taking it leads nobody away from the visit.
    const other = await scene.handset(second);
    await other.text("Where is my card?");
    const ring = page.locator("#appt-panel #desk-offers .desk-offer", { hasText: shown(second) });
    await ring.waitFor();
    assert.equal(await ring.locator("time[data-due]").count() > 0, true, "the offer shows how long it rings");
    await sound(page, "an offer over the panel of a visit");
    await page.locator("#move-place").focus();
    await page.keyboard.press("Alt+a");
    await desk.card(second).waitFor({ state: "attached" });
    assert.equal(await page.locator("#desk-centre").getAttribute("data-interaction"), id, "the desk stays with the visit");
    assert.ok(await page.locator("#appt-move-title").isVisible());

    const pill = page.locator("#appt .appt-pill:not(.appt-pill--taken):not(:has(:checked)) input").nth(2);
    const slot = await pill.getAttribute("value");
    await pill.check();
    await page.getByRole("button", { name: "Move to this time" }).click();
    await waitForText(page, "#appt", "Moved. The old time is free again.");
    await handset.receives("your visit is now on");
    // The panel follows what became of the text without being opened again.
    await waitForText(page, "#appt-text", /^New time: (with the carrier|sent|delivered)$/);
    await sound(page, "a visit that was moved");
    await page.locator("#appt-panel [data-appt-close]").click();
    await page.locator("#appt-panel").waitFor({ state: "hidden" });
    assert.equal(await page.locator(".desk-left #desk-offers").count(), 1, "what rings is back in its place");

    const after = wall(Number(slot.split("@")[1]));
    const day = `${after.slice(0, 4)}-${after.slice(4, 6)}-${after.slice(6, 8)}`;
    const office = await scene.window("ben", { size });
    await office.page.goto(`/office?office=boone&day=${day}`);
    await sound(office.page, "the office's day");
    const at = office.page.locator(`#office-day .visits-start:has(.visits-visit)`, { hasText: shown(number) });
    assert.equal(await at.count(), 1);
    const hour = Number(after.slice(9, 11));
    assert.ok((await at.innerText()).startsWith(`${hour % 12 || 12}:${after.slice(11, 13)} ${hour < 12 ? "am" : "pm"}`), await at.innerText());

    const told = await feed(scene, address);
    assert.ok(told.includes(`DTSTART:${instant(Number(slot.split("@")[1]))}`), told);
    assert.ok(!told.includes(before), "the old time is no more in the feed");
  }));
}

test("PHONE-APPT-3, PHONE-APPT-18: at the office somebody is checked in, somebody did not come, somebody walks in", () => inScene(begins("08:05"), async (scene) => {
  const customer = await scene.window(null, { size: SIZES.phone });
  await book(customer.page, CUSTOMERS[0], `${DAY}T09:00`);
  await book(customer.page, CUSTOMERS[1], `${DAY}T10:00`);
  const clerk = await scene.window("ben");
  // Two hours on: the first visit's time has come and gone. The demo is started again at that hour.
  for (const person of scene.people) allow(person, /ERR_|Failed to load resource/);
  await scene.server.kill();
  scene.server.extra = begins("10:05");
  await scene.server.start();

  const { page } = clerk;
  await page.goto("/office?office=boone");
  const visit = (number) => page.locator("#office-day .visits-visit", { hasText: shown(number) });
  await waitForText(page, ".visits-counts", /2\s*booked/);
  await sound(page, "a working day at the office");
  await visit(CUSTOMERS[0]).getByRole("button", { name: /^Did not come/ }).click();
  await waitForText(page, "[role=status]", "Noted: the customer did not come.");
  await visit(CUSTOMERS[1]).getByRole("button", { name: /^Check in/ }).click();
  await waitForText(page, "[role=status]", "Checked in.");
  await sound(page, "a visit that is checked in");
  await page.locator("#walk-in-type").selectOption("other");
  await page.locator("#walk-in-phone").fill(shown(CUSTOMERS[2]));
  await page.getByRole("button", { name: "Check in without an appointment" }).click();
  await waitForText(page, "[role=status]", "Nobody needs one.");
  const counts = (await page.locator(".visits-counts").innerText()).replace(/\s+/g, " ");
  assert.match(counts, /2 booked 1 came 1 walked in 1 did not come/);
  assert.match(await visit(CUSTOMERS[0]).innerText(), /did not come/);
  assert.match(await visit(CUSTOMERS[1]).innerText(), /checked in/);
  await sound(page, "the day with all that happened");

  // Who closes offices sees the day and touches no visit.
  const admin = await scene.window("alex");
  await admin.page.goto("/office?office=boone");
  await waitForText(admin.page, "#office-day", shown(CUSTOMERS[1]));
  assert.equal(await admin.page.locator("#office-day :is(button, a[href*='visit='])").count(), 0);
  await sound(admin.page, "the office's day to look at");
  await until(() => admin.page.locator(".visits-counts").innerText(), (text) => /1\s*did not come/.test(text), "the counts are the same");
}));

test("PHONE-APPT-11: a closure says who gets a text and who has to be called, before and after; a Spanish page says no English reason", () => inScene(begins("08:05"), async (scene) => {
  const customer = await scene.window(null, { size: SIZES.phone });
  await book(customer.page, CUSTOMERS[0], "2027-03-04T09:00");
  const admin = await scene.window("alex");
  const { page } = admin;
  await page.goto("/admin/offices/boone/closures");
  await page.getByLabel("First day").fill("2027-03-04");
  await page.getByLabel("Why").fill("Floor repair");
  await page.getByRole("button", { name: "Who is touched?" }).click();
  await waitForText(page, ".touched", "gets a text");
  await page.getByRole("button", { name: "Close it, and tell 1 customer" }).click();
  await waitForText(page, "[role=status], .notice", "who has to be called, stands below");
  await until(async () => {
    await page.reload();
    return page.locator("section[aria-labelledby=reached-title]").innerText();
  }, (text) => /The office will be closed: (with the carrier|sent|delivered)/.test(text), "nobody is told");
  await sound(page, "who was told of a closure");

  await customer.page.goto("/visit?lang=es&office=boone&kind=interview&month=2027-03");
  await waitForText(customer.page, "#days", "Cerrado: jueves 4 de marzo");
  assert.ok(!(await customer.page.locator("main").innerText()).includes("Floor repair"));
  await sound(customer.page, "a closed day in Spanish");

  await page.goto("/admin/visits/ebt-card");
  await page.getByLabel("Length in minutes").fill("120");
  await page.getByRole("button", { name: "What would change?" }).click();
  await waitForText(page, "#free-times", /no longer 3:30 pm/);
  await sound(page, "what becomes of the free times");
  await page.goto("/admin/visit-rules");
  await page.getByLabel("Days ahead that are offered").fill("30");
  await page.getByRole("button", { name: "What would change?" }).click();
  await waitForText(page, "#free-times", "instead of Saturday, May 1, 2027");
  await sound(page, "what becomes of the rules");
}));
