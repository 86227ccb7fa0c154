// Who is there: two texts at once and a third that waits, offers that are declined or run out, a desk that is closed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { waitForText } from "../lib/browser.mjs";
import { CUSTOMERS, inScene, shown, until } from "../lib/scene.mjs";

test("SMS-DELAY-7: two texts at once, the third waits until a place is free", () => inScene([], async (scene) => {
  const phones = [];
  for (const number of CUSTOMERS.slice(0, 3)) phones.push(await scene.handset(number));
  const desk = await scene.onQueue("ana");
  const floor = await scene.floor("sofia");
  await phones[0].text("hello, I have a question");
  await desk.accept(CUSTOMERS[0]);
  await phones[1].text("hello, me too");
  await desk.accept(CUSTOMERS[1]);
  await phones[2].text("and I as well");
  await waitForText(floor.page, "#floor-queues", /Texts, English.*Waiting now\s*1/s);
  await waitForText(floor.page, "#person-ana", "2 of 2");
  assert.equal(await desk.offer(CUSTOMERS[2]).count(), 0);
  assert.equal(await desk.at("#desk-list .desk-card").count(), 2);
  await desk.say("Thank you, all is answered.");
  await desk.end("General question answered");
  await desk.accept(CUSTOMERS[2]);
  await waitForText(floor.page, "#floor-queues", /Texts, English.*Waiting now\s*0/s);
}));

test("two offers that run out in a row put a person on not responding, and back", () => inScene([], async (scene) => {
  const manager = await scene.window("morgan");
  await manager.page.goto("/admin/queues/sms-general");
  await manager.page.getByLabel("Time to accept an offer, seconds").fill("2");
  await manager.page.getByRole("button", { name: "Save" }).click();
  await waitForText(manager.page, ".notice--ok", /\w/);

  const [first, second] = [await scene.handset(CUSTOMERS[0]), await scene.handset(CUSTOMERS[1])];
  const floor = await scene.floor("sofia");
  const ana = await scene.onQueue("ana");
  for (const customer of [first, second]) {
    await customer.text("hello, I have a question");
    await ana.offer(customer.number).waitFor();
    await ana.offer(customer.number).waitFor({ state: "detached" });
  }
  await ana.presence("Not responding");
  await waitForText(floor.page, "#person-ana", "Not responding");
  await waitForText(ana.page, "#desk-presence", "You get no texts.");
  await waitForText(floor.page, "#floor-alerts", "2 waiting, and nobody on queue has the skills.");
  await ana.choosePresence("on_queue");
  await ana.presence("On queue");
  await waitForText(floor.page, "#person-ana", "On queue");
}));

test("a declined offer rings at the next desk, and does not come back to the one that declined while another is free", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[0]);
  const [ana, ben] = [await scene.onQueue("ana"), await scene.onQueue("ben")];
  await customer.text("hello, I have a question");
  const rings = (desk) => desk.offer(CUSTOMERS[0]).count();
  const first = (await until(async () => [await rings(ana), await rings(ben)], ([a, b]) => a + b > 0, "nobody is offered it"))[0] ? ana : ben;
  const second = first === ana ? ben : ana;
  await first.page.keyboard.press("Alt+d");
  await second.accept(CUSTOMERS[0]);
  assert.equal(await rings(first), 0);
  await first.presence("On queue");
}));

test("closing the last desk tab: not responding after the grace time, the open text is an alert on the floor; going on queue again is one click", () => inScene([], async (scene) => {
  const customer = await scene.handset(CUSTOMERS[0]);
  const floor = await scene.floor("sofia");
  const ana = await scene.onQueue("ana");
  await customer.text("hello, I have a question");
  await ana.accept(CUSTOMERS[0]);
  await ana.page.goto("/account");
  await waitForText(floor.page, "#person-ana", "Not responding", { within: 45_000 });
  await waitForText(floor.page, "#floor-alerts", /Ana is not responding .* and has 1 open interaction/);
  await ana.page.goto("/desk");
  await ana.presence("Not responding");
  await ana.choosePresence("on_queue");
  await ana.presence("On queue");
  await waitForText(floor.page, "#floor-alerts", "No alerts.");
  await waitForText(ana.page, "#desk-list", shown(CUSTOMERS[0]));
}));
