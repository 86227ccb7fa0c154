// A browser with one window per person, and what journeys do with a page: sign in, wait, look, check accessibility.
//
// Waiting is always for something a person could see, with a limit; nothing sleeps. A page that logs an error or breaks
// its own content security policy fails the journey: see `person.faults`.

import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

import { chromium } from "playwright-core";

import { root } from "./server.mjs";

/** How long anything on a page may take to appear, in milliseconds. */
export const APPEARS_WITHIN = 20_000;

/** The two sizes every screen is looked at in. */
export const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 360, height: 740 } };

/** Where pictures go. */
export const OUT = path.join(root, "e2e/out");

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
];

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Debian's browser, or the one that `HEARTHLINE_CHROMIUM` names. */
function executable() {
  const named = process.env.HEARTHLINE_CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(named)) {
    throw new Error(`${named} is missing: apt-get install chromium, or name one in HEARTHLINE_CHROMIUM`);
  }
  return named;
}

export async function launch() {
  return chromium.launch({ executablePath: executable(), headless: true, args: FLAGS });
}

/**
 * A window with cookies of its own, for one person. `faults` collects what went wrong on its pages; a journey ends with
 * `assert.deepEqual(person.faults, [])`.
 */
export async function newPerson(browser, base, { size = SIZES.wide, locale = "en-US" } = {}) {
  const context = await browser.newContext({ baseURL: base, viewport: size, locale, reducedMotion: "reduce" });
  context.setDefaultTimeout(APPEARS_WITHIN);
  context.setDefaultNavigationTimeout(APPEARS_WITHIN);
  const page = await context.newPage();
  const faults = [];
  context.on("weberror", (error) => faults.push(`error on the page: ${error.error().message}`));
  context.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()}`);
  });
  context.on("request", (request) => {
    const address = new URL(request.url());
    if (address.protocol.startsWith("http") && address.origin !== new URL(base).origin) {
      faults.push(`asked another server: ${request.url()}`);
    }
  });
  return { context, page, faults, close: () => context.close() };
}

/** Signs in on the sign-in page as a person would, and waits until the page has gone. */
export async function signIn(page, name, password) {
  await page.goto("/sign-in");
  await page.locator("input[name=name], input[name=username], input[name=account]").first().fill(name);
  await page.locator("input[type=password]").fill(password);
  await page.locator("main form button[type=submit]").first().click();
  await page.waitForURL((address) => !address.pathname.startsWith("/sign-in"));
}

/** Takes the page in both sizes, as `e2e/out/<name>-wide.png` and `<name>-phone.png`, and restores the size it had. */
export async function shots(page, name, { sizes = Object.keys(SIZES), fullPage = false } = {}) {
  await mkdir(OUT, { recursive: true });
  const before = page.viewportSize();
  const files = [];
  for (const size of sizes) {
    await page.setViewportSize(SIZES[size]);
    await settled(page);
    const file = path.join(OUT, `${name}-${size}.png`);
    await page.screenshot({ path: file, fullPage });
    files.push(file);
  }
  if (before) await page.setViewportSize(before);
  return files;
}

/** Waits until fonts are there and two frames were drawn: a picture taken then is what a person sees. */
export async function settled(page) {
  await page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  });
}

/**
 * Everything on the page that breaks WCAG 2.1 A or AA, one line each; an empty list is the aim. The checker goes in
 * through the browser's debugging line, so the page's own content security policy stays as strict as it is.
 */
export async function accessibilityFaults(page, { within = null, without = [] } = {}) {
  await settled(page);
  await page.evaluate(axe);
  const result = await page.evaluate(
    async ({ within, without }) => {
      const context = { include: within ? [within] : [["html"]], exclude: without.map((part) => [part]) };
      const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
      return window.axe.run(context, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
    },
    { within: within ? [within] : null, without },
  );
  return result.violations.flatMap((fault) =>
    fault.nodes.map((node) => `${fault.id}: ${node.target.join(" ")}: ${node.failureSummary.replaceAll("\n", " ")}`),
  );
}

/** Whether the page is wider than its window: on a phone nothing may have to be scrolled sideways. */
export async function overflows(page) {
  await settled(page);
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth + 1);
}

/** Waits until an element's text matches; says what stood there when it does not in time. */
export async function waitForText(page, selector, pattern, { within = APPEARS_WITHIN } = {}) {
  const expression = pattern instanceof RegExp ? pattern : new RegExp(escaped(pattern));
  try {
    await page.waitForFunction(
      ({ selector, source, flags }) =>
        [...document.querySelectorAll(selector)].some((part) => new RegExp(source, flags).test(part.textContent)),
      { selector, source: expression.source, flags: expression.flags.replace("g", "") },
      { timeout: within },
    );
  } catch (error) {
    const there = await page.locator(selector).allTextContents().catch(() => []);
    const found = there.map((text) => text.replace(/\s+/g, " ").trim()).join(" | ");
    throw new Error(`no ${selector} with ${expression} on ${page.url()}; there was: ${found || "nothing"}`, { cause: error });
  }
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
