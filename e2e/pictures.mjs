// Takes the pictures of the README anew: node e2e/pictures.mjs
//
// A real state with demo people only: two interactions at the desk, one refused send, running clocks. The same state is
// kept in both sizes in e2e/out/ for a person to look at.

import path from "node:path";

import { settled, shots, SIZES, waitForText } from "./lib/browser.mjs";
import { CUSTOMERS, inScene } from "./lib/scene.mjs";
import { root } from "./lib/server.mjs";

const folder = path.join(root, "docs/pictures");

async function picture(page, name) {
  await page.setViewportSize(SIZES.wide);
  await settled(page);
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
  await shots(page, `picture-${name}`);
}

await inScene([], async (scene) => {
  const [first, second, third] = [
    await scene.handset(CUSTOMERS[0]),
    await scene.handset(CUSTOMERS[3]),
    await scene.handset(CUSTOMERS[2]),
  ];
  const desk = await scene.onQueue("ana");
  const colleague = await scene.desk("carla");
  const floor = await scene.floor("sofia");

  await second.text("hi i need to send my pay stubs where do i send them");
  await desk.accept(CUSTOMERS[3]);
  await desk.chip("Greeting");
  await second.text("i have a phone but no printer");

  await first.text("When will I get my SNAP benefits?");
  await desk.accept(CUSTOMERS[0]);
  await desk.chip("Greeting");
  await first.text("ok. i applied online");
  await waitForText(desk.page, ".desk-text__body", "ok. i applied online");
  await desk.chip("Clarify: interview");
  await first.text("yes, on the phone last week. so did i get it?");
  await waitForText(desk.page, ".desk-text__body", "so did i get it?");
  await waitForText(desk.page, ".desk-text__state--delivered", "Delivered");

  await colleague.goOnQueue();
  await third.text("I want to talk to a supervisor right now");
  await colleague.accept(CUSTOMERS[2]);
  await colleague.page.getByRole("button", { name: "Supervisor", exact: true }).click();
  await colleague.at("#desk-dialog").getByRole("button", { name: "Alert the supervisors" }).click();
  await waitForText(floor.page, "#floor-alerts", "asks for a supervisor");

  await desk.press("Your SNAP was approved for $291");
  await desk.refusal.waitFor();
  await picture(desk.page, "desk");
  await picture(floor.page, "floor");
  await picture(first.page, "handset");
  const admin = await scene.window("morgan");
  await admin.page.goto("/admin/sop");
  await shots(admin.page, "picture-admin");

  const reader = await scene.window("dan");
  await reader.page.goto("/kb/sms-text-sop");
  await picture(reader.page, "knowledge");

  const visitor = await scene.window(null);
  await visitor.page.goto("/visit?lang=en&near=65201&office=boone&kind=interview");
  await picture(visitor.page, "visit");
});
