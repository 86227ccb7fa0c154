// One server, one browser, and the people of a journey: a technician at the desk, a supervisor on the floor, a customer
// with a handset. Each has a window of their own.
//
// A scene knows how a person moves through the screens, never how the program works inside. To add an act that several
// journeys need: a method here, which ends by waiting for what the person would see.

import assert from "node:assert/strict";

import { accessibilityFaults, launch, newPerson, overflows, signIn, SIZES, waitForText } from "./browser.mjs";
import { startServer } from "./server.mjs";

/** The password that the demo prints at its start. */
export const PASSWORD = "demo-hearthline";

/** Numbers of made-up customers, as the handset knows them. */
export const CUSTOMERS = ["+15735550101", "+15735550102", "+13145550103", "+18165550104", "+14175550105", "+16605550106"];

/** A number as the screens show it. */
export function shown(number) {
  return number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3");
}

/** Runs a journey in a scene of its own. */
export async function inScene(flags, journey) {
  const scene = await openScene({ flags });
  let done = false;
  try {
    await journey(scene);
    done = true;
  } finally {
    // Faults of the pages are told only when the journey itself got through: its own failure says more.
    await scene.close({ faultless: done });
  }
}

/** Starts the program and a browser. `flags` are words for the program, such as `--quick-clocks`, `2`. */
export async function openScene({ flags = [] } = {}) {
  const server = await startServer({ extra: flags });
  try {
    return new Scene(server, await launch());
  } catch (error) {
    await server.stop();
    throw error;
  }
}

class Scene {
  constructor(server, browser) {
    this.server = server;
    this.browser = browser;
    this.people = [];
  }

  /** A window. Signed in when `name` is given. */
  async window(name, options = {}) {
    const person = await newPerson(this.browser, this.server.url.replace("127.0.0.1", "localhost"), options);
    this.people.push(person);
    if (name) await signIn(person.page, name, PASSWORD);
    return person;
  }

  async desk(name, options = {}) {
    const desk = new Desk(await this.window(name, options));
    await desk.page.goto("/desk");
    return desk;
  }

  /** A technician who has read the procedure and takes texts. */
  async onQueue(name, options = {}) {
    const desk = await this.desk(name, options);
    await desk.goOnQueue();
    return desk;
  }

  async floor(name) {
    const person = await this.window(name);
    await person.page.goto("/floor");
    return person;
  }

  async handset(number) {
    const person = await this.window(null, { size: { width: 480, height: 900 } });
    await person.page.goto(`/demo/handset?a=${encodeURIComponent(number)}`);
    return new Handset(person, number);
  }

  /** Ends everything. What went wrong on a page and was not expected fails the journey. */
  async close({ faultless = true } = {}) {
    const faults = this.people.flatMap((person) => unexpected(person));
    await this.browser.close();
    await this.server.stop();
    if (faultless) assert.deepEqual(faults, []);
  }
}

/** A person may be allowed faults, for instance the refused connections of a journey in which the server is down. */
function unexpected(person) {
  const allowed = person.allowed ?? [];
  return person.faults.filter((fault) => !allowed.some((pattern) => pattern.test(fault)));
}

/** Says that these console lines are part of the journey. */
export function allow(person, ...patterns) {
  person.allowed = [...(person.allowed ?? []), ...patterns];
}

/** No accessibility fault at 1440 pixels and at 360, and nothing to scroll sideways on the phone. */
export async function sound(page, where) {
  const before = page.viewportSize();
  const found = [];
  for (const [name, size] of Object.entries(SIZES)) {
    await page.setViewportSize(size);
    found.push(...(await accessibilityFaults(page)).map((fault) => `${where}, ${name}: ${fault}`));
    if (await overflows(page)) found.push(`${where}, ${name}: wider than its window`);
  }
  await page.setViewportSize(before);
  assert.deepEqual(found, []);
}

class Desk {
  constructor(person) {
    this.person = person;
    this.page = person.page;
  }

  at(selector, options) {
    return this.page.locator(selector, options);
  }

  async goOnQueue() {
    await this.at("#presence-button").click();
    await this.at('#presence-menu [value="on_queue"]').click();
    await this.at("#desk-dialog input[name=read]").check();
    await this.page.getByRole("button", { name: "Acknowledge and go on queue" }).click();
    await this.presence("On queue");
  }

  async presence(words) {
    await waitForText(this.page, "#presence-button .presence", words);
  }

  /** Chooses a presence in the menu, by its value. */
  async choosePresence(value) {
    await this.at("#presence-button").click();
    await this.at(`#presence-menu [value="${value}"]`).click();
  }

  offer(number) {
    return this.page.locator("#desk-offers .desk-offer", { hasText: shown(number) });
  }

  /** Waits for the offer of this customer, accepts it and waits until it is open. Answers with its id. */
  async accept(number) {
    const offer = this.offer(number);
    const button = offer.locator("[data-accept]");
    await button.waitFor();
    const id = await button.getAttribute("data-accept");
    await button.click();
    await this.opened(id);
    return id;
  }

  async opened(id) {
    await this.at(`#desk-centre[data-interaction="${id}"] #desk-transcript-${id}`).waitFor();
  }

  card(number) {
    return this.page.locator("#desk-list .desk-card", { hasText: shown(number) });
  }

  async turnTo(id) {
    await this.at(`#card-${id}`).click();
    await this.opened(id);
  }

  get box() {
    return this.at("#reply-text");
  }

  get refusal() {
    return this.at("#desk-refusal .refusal");
  }

  /** Types and presses Enter. What follows (sent or refused) is for the caller to wait for. */
  async press(text) {
    await this.box.fill(text);
    await this.box.press("Enter");
  }

  /** Sends words and waits until they stand in the transcript and the box is empty. */
  async say(text) {
    await this.press(text);
    await this.said(text);
  }

  async said(text) {
    const said = this.text(text).first();
    await said.or(this.refusal).first().waitFor();
    if (!(await said.isVisible())) throw new Error(`refused: ${await this.refusal.innerText()}`);
    await emptied(this.box);
  }

  /** The text in the transcript whose words are these. */
  text(words) {
    return this.page.locator(".desk-transcript .desk-text", { has: this.page.locator(".desk-text__body", { hasText: words }) });
  }

  /** Puts a suggested response into the box, and sends it. */
  async chip(title) {
    await this.at(`.desk-chip[title^="${title}"]`).first().click();
    const words = await filled(this.box);
    await this.box.press("Enter");
    await this.said(words);
    return words;
  }

  /** A button of the procedure on the right. */
  due(label) {
    return this.page.locator(".desk-panel").getByRole("button", { name: label });
  }

  /** End icon, Goodbye when it is asked for, wrap-up code, Done. */
  async end(code) {
    await this.at("#desk-end").click();
    const goodbye = this.page.getByRole("button", { name: "Send Goodbye" });
    await this.at("#desk-dialog[open] #desk-dialog-title").waitFor();
    if (await goodbye.count()) {
      await goodbye.click();
      await goodbye.waitFor({ state: "detached" });
    }
    await this.at("#desk-dialog").getByRole("button", { name: "End now" }).click();
    await this.wrapUp(code);
  }

  async wrapUp(code) {
    const id = await this.at("#desk-centre").getAttribute("data-interaction");
    await this.at(".desk-wrap").waitFor();
    await this.page.locator(".desk-code", { hasText: code }).locator("input").check();
    await this.at("#wrap-up-done").click();
    await this.at(`#card-${id}`).waitFor({ state: "detached" });
  }
}

class Handset {
  constructor(person, number) {
    this.person = person;
    this.page = person.page;
    this.number = number;
  }

  /** Texts in, and waits until the phone says it is sent. */
  async text(words) {
    await this.page.locator("#text-a").fill(words);
    await this.page.locator("#text-a").press("Enter");
    await this.page.locator("#thread-a .bubble--own", { hasText: words }).last().waitFor();
  }

  /** Waits for a text of the agency. */
  async receives(words) {
    await waitForText(this.page, "#thread-a .bubble:not(.bubble--own) .bubble__text", words);
  }

  /** Everything on the phone in its order, as `> ours` and `< theirs`. */
  async all() {
    const bubbles = await this.page.locator("#thread-a .bubble").all();
    return Promise.all(
      bubbles.map(async (bubble) => {
        const own = (await bubble.getAttribute("class")).includes("bubble--own");
        // A picture has no words of its own.
        return `${own ? ">" : "<"} ${(await bubble.locator(".bubble__text").allTextContents()).join("").trim()}`;
      }),
    );
  }
}

/** Waits until a box holds something, and answers with it. */
export async function filled(box) {
  return until(() => box.inputValue(), (value) => value !== "", "the box stays empty");
}

/** Waits until a box holds exactly these words. */
export async function holds(box, words) {
  await until(() => box.inputValue(), (value) => value === words, `the box does not hold: ${words}`);
}

/** Waits until a box is empty. */
export async function emptied(box) {
  await until(() => box.inputValue(), (value) => value === "", "the box is not emptied");
}

/** Asks again and again, as fast as the page answers, until `good`; each question goes through the browser. */
export async function until(ask, good, otherwise, within = 20_000) {
  const end = performance.now() + within;
  let last;
  while (performance.now() < end) {
    last = await ask();
    if (good(last)) return last;
  }
  throw new Error(`${otherwise}; last seen: ${JSON.stringify(last)}`);
}
